"""Companion pages, alone and in a real browser; the page of highlights as summaries write it lies here too."""
