"""Tests of `enricher/enrich/`."""
