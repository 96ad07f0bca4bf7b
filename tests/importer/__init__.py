"""Tests of `enricher/importer/`."""
