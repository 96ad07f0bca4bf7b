"""Tests of the enricher."""
