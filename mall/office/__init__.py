"""Admins: orders, sellers, approvals."""
