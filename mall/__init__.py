"""Sells; knows no loan."""
