"""Tests of mall/feedback."""
