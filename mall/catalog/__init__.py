"""Products, variants, stock, pictures, search."""
