"""Tests of mall/office."""
