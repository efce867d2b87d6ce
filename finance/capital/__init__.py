"""Sellers: advances on orders and sales."""
