"""One of a thing is said in the singular: what rules say with a number in front, read once more."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from finance.risk.outcome import Outcome, Why
from finance.risk.scorecard import Card

# What follows the number, of many and of one; longer ones first. Each is said by some rule.
_SAID = (
    ("orders could not be counted: {}. They share", "order could not be counted: {}. It shares"),
    ("of your orders were claimed", "of your orders was claimed"),
    ("more finished orders", "more finished order"),
    ("finished orders", "finished order"),
    ("returns wait", "return waits"),
    ("plans are running", "plan is running"),
    ("plans", "plan"),
    ("buyers bought", "buyer bought"),
    ("applications", "application"),
    ("other accounts", "other account"),
    ("addresses", "address"),
    ("reviews", "review"),
    ("favorites", "favorite"),
    ("more months", "more month"),
    ("months or more", "month or more"),
    ("more days", "more day"),
    ("days", "day"),
    ("times", "time"),
    ("points missing", "point missing"),
)
_BEFORE = r"(?<![\d.,−])1 "
_ONE = re.compile(_BEFORE)


def _shape(words: str) -> str:
    return _BEFORE + re.escape(words).replace(r"\{\}", "(.+)") + r"\b"


_TO_ONE = [(re.compile(_shape(many)), "1 " + one.replace("{}", r"\1")) for many, one in _SAID]
_TO_MANY = [(re.compile(_shape(one)), "1 " + many.replace("{}", r"\1")) for many, one in _SAID]


def one(text: str) -> str:
    """The sentence with `1 day` for `1 days`."""
    return _each(text, _TO_ONE)


def many(text: str) -> str:
    """The other way round: the shape a sentence is known by."""
    return _each(text, _TO_MANY)


def _each(text: str, pairs: list[tuple[re.Pattern[str], str]]) -> str:
    if _ONE.search(text):
        for shape, words in pairs:
            text = shape.sub(words, text)
    return text


def in_words(
    decide: Callable[[dict[str, Any], Card], Outcome],
) -> Callable[[dict[str, Any], Card], Outcome]:
    """The same rules, their reasons in the singular where it is one."""

    def said(inputs: dict[str, Any], card: Card) -> Outcome:
        outcome = decide(inputs, card)
        return replace(outcome, reasons=tuple(_why(why) for why in outcome.reasons))

    return said


def _why(why: Why) -> Why:
    return replace(why, text=one(why.text), change=one(why.change))
