"""Tests of `enricher/publish/`."""
