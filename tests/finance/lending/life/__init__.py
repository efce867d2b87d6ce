"""The fold of a loan."""
