"""Whole stories, through the pages."""
