"""Admins: applications, loans, portfolio."""
