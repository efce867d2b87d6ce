"""Moves money through gateways; knows no order."""
