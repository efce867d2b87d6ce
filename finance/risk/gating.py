"""What fraud detection says of a subject, as a decision's inputs."""

from datetime import datetime
from typing import Any

from finance.risk.fraud import gate, suspects
from finance.risk.gates import STOP


def gate_data(subject: str, subject_id: int, as_of: datetime) -> dict[str, Any]:
    """The gate's state as plain data (gates.Gate.from_data reads it); held by admins is a stop."""
    found = gate(subject, subject_id, as_of)
    numbers = suspects.numbers(subject_id, as_of) if found.orders else ()
    return {
        "action": STOP if found.held else found.action,
        "signals": [[fired.id, fired.sentence] for fired in found.signals],
        "orders": sorted(numbers),
    }
