"""Shops and the seller's console."""
