"""Payments over real tables."""
