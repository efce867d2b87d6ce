"""The loan as a fold over its events."""
