"""Published and worked numbers with their sources, and the tests that reproduce them."""
