"""Measurements of the program against real data."""
