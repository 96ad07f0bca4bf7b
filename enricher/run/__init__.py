"""Many feeds: the lock, shares of the hosts over threads and processes, an orderly end."""
