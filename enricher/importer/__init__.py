"""Summaries folders to the store: their files, what stands beside each, and what became of each document."""
