"""Tests of `enricher/feed/`."""
