"""The lender's day."""
