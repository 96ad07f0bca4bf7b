"""Which summary belongs to which item of a feed."""
