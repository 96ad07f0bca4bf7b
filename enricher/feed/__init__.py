"""Feed XML: parsed, repaired, read item by item, generated anew and verified against the source."""
