"""Order history of an existing business, imported; never part of the book."""
