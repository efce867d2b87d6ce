"""Tests of mall/wallet."""
