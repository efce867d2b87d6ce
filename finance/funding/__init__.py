"""Funding banks: which of them lends a part of each loan, and what each of its payments brings them."""
