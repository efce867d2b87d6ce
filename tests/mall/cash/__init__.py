"""Tests of mall/cash."""
