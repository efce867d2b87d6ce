"""Accepting a contract: kept in the transaction that opens what it is about, as it was seen."""

from dataclasses import dataclass

from flask import current_app

from core import clock
from core.db import db
from core.use_case import use_case
from finance.contracts import boxes, building, documents, lenders
from finance.contracts.contract import Contract
from finance.contracts.models import KeptContract
from finance.contracts.words import LANGUAGES
from mall.ports.payment_methods import TermsChanged

CHECKBOX, BUTTON, SERVICE = "checkbox", "button", "service"
SHOWN = "keyfacts"  # the disclosure that stands beside the button


@dataclass(frozen=True, slots=True)
class Acceptance:
    """How somebody agreed. seen: the hash of the contract on the page, "" where there was none."""

    seen: str = ""
    how: str = SERVICE
    language: str = ""

    def check(self, contract: Contract) -> None:
        """Raise TermsChanged (409) unless this is the contract that was on the page."""
        if self.how != SERVICE and self.seen != contract.hash:
            raise TermsChanged()


WITHOUT_PAGE = Acceptance()


def language_of_pages() -> str:
    """The language in which pages show a contract before it is accepted."""
    locale = str(current_app.config["MALL_LOCALE"])[:2]
    return locale if locale in LANGUAGES else LANGUAGES[0]


def _shown_of(contract: Contract) -> str:
    return boxes.PRICE if contract.is_price else SHOWN


@use_case
def accept(contract: Contract, number: str, acceptance: Acceptance) -> KeptContract:
    """Keep the contract of loan or advance `number`, in the same transaction as its opening.

    Raises TermsChanged when the page showed another one or others lend, Untrue when it does not add up.
    """
    acceptance.check(contract)
    lenders.check(contract, number)
    building.check(contract)
    language = acceptance.language or language_of_pages()
    kept = KeptContract(
        number=number,
        subject=contract.side,
        subject_id=contract.borrower.id,
        product=contract.product,
        regime=contract.regime,
        body=contract.text,
        hash=contract.hash,
        language=language,
        text_hash=documents.text_hash(contract, _shown_of(contract), language),
        seen_hash=acceptance.seen,
        how=acceptance.how,
        accepted_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    return kept
