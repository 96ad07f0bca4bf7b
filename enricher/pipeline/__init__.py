"""One feed, from its address to its published files: the one package that puts the others together."""
