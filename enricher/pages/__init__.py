"""Companion pages: of each enriched item, of each show, and of all shows; what links them and what is beside them."""
