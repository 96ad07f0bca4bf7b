"""Summaries: documents of any form to a `Summary` (document.py), and its JSON form (json_form.py)."""
