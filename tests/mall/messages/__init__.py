"""Tests of the page of messages."""
