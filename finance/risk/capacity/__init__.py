"""How much of its sales a shop will remit in a term, and what that makes safe to advance."""
