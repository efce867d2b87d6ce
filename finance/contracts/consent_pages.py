"""What the pages of consents show: every purpose with its words, its state, and what was before."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from finance.contracts import consents, lenders, purposes
from finance.contracts.contract import BUYER
from finance.contracts.models import Consent
from finance.contracts.purposes import AUTOPAY, BANK, SCORING, Asked


@dataclass(frozen=True, slots=True)
class Choice:
    """One consent that can be given or revoked.

    latest   the last word on it, None before there was one
    """

    asked: Asked
    receiver: str
    ref: str
    latest: Consent | None

    @property
    def is_given(self) -> bool:
        return self.latest is not None and self.latest.revoked_at is None

    @property
    def is_refused(self) -> bool:
        return self.latest is not None and self.latest.revoked_at is not None

    @property
    def holds(self) -> bool:
        """Whether it works as if given: a score rests on the application until it is refused."""
        return self.is_given or (self.asked.purpose == SCORING and not self.is_refused)

    @property
    def can_be_given(self) -> bool:
        """A mandate is given where its card is chosen."""
        return self.asked.purpose != AUTOPAY


def choices(subject: str, subject_id: int, language: str) -> tuple[list[Choice], Sequence[Consent]]:
    """(all that can be chosen, everything that was ever given or revoked, newest first)."""
    history = consents.all_of(subject, subject_id)
    mall = current_app.config["MALL_NAME"]
    wanted = [
        (purpose, receiver, "")
        for purpose in purposes.ASKED[subject]
        if purpose != AUTOPAY
        for receiver in (lenders.banks() if purpose == BANK else (mall,))
    ]
    if subject == BUYER:
        plans = dict.fromkeys(row.ref for row in history if row.purpose == AUTOPAY)
        wanted += [(AUTOPAY, mall, ref) for ref in plans]
    return [_choice(subject, *each, history, language) for each in wanted], history


def _choice(
    subject: str, purpose: str, receiver: str, ref: str, history: Sequence[Consent], language: str
) -> Choice:
    same = [
        row for row in history if (row.purpose, row.receiver, row.ref) == (purpose, receiver, ref)
    ]
    words = purposes.asked(subject, purpose, receiver, language)
    return Choice(words, receiver, ref, same[0] if same else None)
