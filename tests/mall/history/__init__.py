"""Tests of imported order history."""
