"""Tests of `enricher/summaries/`."""
