"""Tests of `enricher/timing/`."""
