"""S4: one order's money today."""
