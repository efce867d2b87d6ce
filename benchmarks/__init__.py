"""Measured claims, as ratios in one run on one machine."""
