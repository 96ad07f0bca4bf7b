"""Tests of `enricher/http/`."""
