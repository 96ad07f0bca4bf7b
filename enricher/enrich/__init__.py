"""One item enriched: its chapters, soundbites and notes."""
