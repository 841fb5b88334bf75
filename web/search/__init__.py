"""Finding a thing by its number, or by words."""
