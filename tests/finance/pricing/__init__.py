"""Tests of what credit costs."""
