"""Situations with a name, for tests."""
