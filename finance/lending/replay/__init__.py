"""A loan as a fold over its dated events."""
