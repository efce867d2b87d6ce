"""The signals X1 to X25 as objects, with thresholds as data, and what they say of a subject; pure.

The thresholds stand in signals.json as they were proposed before any red team saw them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from finance.risk.fraud import looks_accounts, looks_money, looks_orders
from finance.risk.fraud.evidence import Mall
from finance.risk.fraud.measure import Measure

SELLER, BUYER = "seller", "buyer"
CLEAR, HAIRCUT, REVIEW, STOP = "clear", "haircut", "review", "stop"
ACTIONS = (CLEAR, HAIRCUT, REVIEW, STOP)  # the later weighs more
_MOST = 3_000  # of a signal in the suspicion, in thousandths of its threshold
_PARTNERED = "X13"  # says nothing alone
Look = Callable[[Mall, int], Measure | None]


@dataclass(frozen=True, slots=True)
class Signal:
    """`at_least`, in `unit`, is where it fires; below `orders_min` orders it says nothing."""

    id: str
    name: str
    subject: str
    action: str
    at_least: int
    unit: str
    orders_min: int
    sentence: str
    definition: str

    def look(self, mall: Mall, subject_id: int) -> Measure | None:
        """What is found of a subject; None where the mall has nothing to tell."""
        return _LOOKS[self.name](mall, subject_id)

    def fires(self, measure: Measure) -> bool:
        return measure.value >= self.at_least and len(measure.orders) >= self.orders_min


_MODULES = (looks_accounts, looks_orders, looks_money)


def _look(name: str) -> Look:
    found: Look = next(getattr(m, name) for m in _MODULES if hasattr(m, name))
    return found


@cache
def all_signals() -> tuple[Signal, ...]:
    """Every signal that is computed, in the order of the file."""
    return tuple(Signal(**row) for row in _file()["signals"])


_FILE = Path(__file__).with_name("signals.json")


def _file() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = json.loads(_FILE.read_text(encoding="utf-8"))
    return found


@cache
def not_computed() -> tuple[tuple[str, str, str], ...]:
    """(id, what, why) of signals, or parts of them, that the mall's records do not allow."""
    return tuple((str(r["id"]), str(r["name"]), str(r["why"])) for r in _file()["not_computed"])


def signal(id: str) -> Signal:
    """The signal by its id; raises KeyError."""
    return {each.id: each for each in all_signals()}[id]


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal that fired."""

    signal: Signal
    measure: Measure


@dataclass(frozen=True, slots=True)
class Judgment:
    """What all signals together say: the weightiest action and the orders that are suspected.

    suspicion   the sum of every signal's value in thousandths of its threshold (each at most
                three times it): ranks subjects, decides nothing
    """

    action: str
    findings: tuple[Finding, ...]
    orders: frozenset[int]
    suspicion: int


def judge(mall: Mall, subject: str, subject_id: int) -> Judgment:
    """Ask every signal about a seller or a buyer."""
    fired, suspicion = [], 0
    for each in all_signals():
        measure = each.look(mall, subject_id) if each.subject == subject else None
        if measure is None:
            continue
        suspicion += min(_MOST, measure.value * 1_000 // each.at_least)
        if each.fires(measure):
            fired.append(Finding(each, measure))
    if [f.signal.id for f in fired] == [_PARTNERED]:
        fired = []
    action = max((f.signal.action for f in fired), key=ACTIONS.index, default=CLEAR)
    orders = frozenset(order for f in fired for order in f.measure.orders)
    return Judgment(action, tuple(fired), orders, suspicion)


_LOOKS: dict[str, Look] = {row.name: _look(row.name) for row in all_signals()}
