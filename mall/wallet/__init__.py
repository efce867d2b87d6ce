"""A person's balance with the mall: paid into, paid with, and paid out."""
