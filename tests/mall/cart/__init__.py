"""Tests of mall/cart."""
