"""Tests of mall/catalog."""
