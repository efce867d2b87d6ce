"""Tests of the mall."""
