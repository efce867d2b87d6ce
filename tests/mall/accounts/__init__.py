"""Tests of mall/accounts."""
