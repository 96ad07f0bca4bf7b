"""A server that does everything wrong that servers do, and the cases of what the program must make of it."""
