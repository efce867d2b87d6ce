"""A mall with a past, lived through the same use cases as people."""
