"""Watching the cards in use: whether people, features and outcomes are still those of the training."""
