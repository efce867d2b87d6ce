"""One contract object: what was agreed, every disclosure of it, and how it was accepted."""
