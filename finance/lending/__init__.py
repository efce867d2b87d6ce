"""Loan arithmetic; no I/O."""
