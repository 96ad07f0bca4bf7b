"""Republish podcast feeds, enriched with highlights and chapters."""

__version__ = "0.1.0"
