"""Frozen types that every package knows, and that know no package."""
