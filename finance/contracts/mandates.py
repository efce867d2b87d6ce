"""The mandate behind a card that pays a plan by itself."""

from finance.contracts import consents
from finance.contracts.contract import BUYER
from finance.contracts.purposes import AUTOPAY
from finance.contracts.services import language_of_pages


def keep(borrower_id: int, number: str, given: bool) -> None:
    """Record that a plan may be paid by card from now on, or no longer; inside the caller's action."""
    if given:
        consents.give(BUYER, borrower_id, AUTOPAY, language=language_of_pages(), ref=number)
    else:
        consents.revoke(BUYER, borrower_id, AUTOPAY, ref=number)
