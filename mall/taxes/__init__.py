"""Taxes contained in prices: the seller's, shown and kept apart; nothing of them moves in the book."""
