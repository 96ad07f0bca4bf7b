"""Tests of `enricher/store/`."""
