"""Shoppers: pay in parts at checkout."""
