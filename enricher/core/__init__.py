"""The closed core: no socket, no file, no clock, no randomness."""
