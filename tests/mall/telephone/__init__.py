"""Tests of mall/telephone."""
