"""The lender's desk."""
