"""Companion pages (stand-in)."""
