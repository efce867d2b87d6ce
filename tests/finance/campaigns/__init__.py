"""Campaigns of sellers."""
