"""Publishing: the output folder, or an object store."""
