"""Tests of mall/sellers."""
