"""Fake orders and rings: what is found, what leaves every base, and the gate before money."""

from finance.risk.fraud.gate import Fired, Gate, gate

__all__ = ["Fired", "Gate", "gate"]
