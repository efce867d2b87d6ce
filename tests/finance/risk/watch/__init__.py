"""Tests of the watch over cards."""
