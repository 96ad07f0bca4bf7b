"""Publishing: the output folder."""
