"""Tests of fake orders and rings."""
