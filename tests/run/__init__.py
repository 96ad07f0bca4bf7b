"""Tests of `enricher/matching/`."""
