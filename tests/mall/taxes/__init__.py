"""Tests of mall/taxes."""
