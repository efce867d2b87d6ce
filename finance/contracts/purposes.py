"""What consents are asked for: purposes, and the very fields that each one lets be used; pure."""

from dataclasses import dataclass
from functools import lru_cache

from finance.contracts.contract import BUYER, SELLER, hash_of
from finance.contracts.words import Words
from finance.risk import scorecard

SCORING, BANK, MARKETING, AUTOPAY = "scoring", "bank", "marketing", "autopay"
ASKED = {BUYER: (SCORING, BANK, MARKETING, AUTOPAY), SELLER: (SCORING, BANK, MARKETING)}
_CARDS = {BUYER: "buyer_expert_1", SELLER: "seller_expert_1"}


@lru_cache
def fields_of(subject: str, purpose: str) -> tuple[str, ...]:
    """Names of the fields: for scoring every line of the card; a bank sees score and terms too."""
    card = tuple(line.feature for line in scorecard.load(_CARDS[subject]).lines)
    return {
        SCORING: card,
        BANK: (*card, "score", "pd", "asked", "rows"),
        MARKETING: ("contact",),
        AUTOPAY: ("card", "rows"),
    }[purpose]


@dataclass(frozen=True, slots=True)
class Asked:
    """A consent as it is asked for, in one language."""

    purpose: str
    title: str
    text: str
    fields: tuple[str, ...]

    @property
    def hash(self) -> str:
        """SHA-256 of every word that is agreed to."""
        return hash_of("\n".join((self.title, self.text, *self.fields)))


def asked(subject: str, purpose: str, receiver: str, language: str) -> Asked:
    """The words of a consent. receiver: who gets to use the fields, by name."""
    words = Words(language, "CNY")
    return Asked(
        purpose,
        words.say(f"consent.{purpose}.title", receiver=receiver),
        words.say(f"consent.{purpose}.text", receiver=receiver),
        tuple(words.say(f"field.{name}") for name in fields_of(subject, purpose)),
    )
