"""Contracts on pages: key facts beside a button, and whole documents."""

from dataclasses import dataclass
from typing import Any

from flask import render_template

from core import clock
from finance.contracts import boxes, documents
from finance.contracts.contract import Contract
from finance.contracts.models import KeptContract
from finance.contracts.services import SHOWN, language_of_pages
from finance.contracts.words import catalog


def key_facts(contract: Contract) -> tuple[tuple[str, str], ...]:
    """(label, value) of what a borrower must know before agreeing."""
    made = documents.document(contract, SHOWN, language_of_pages())
    items = [
        item for block in made["blocks"] if block["kind"] == "facts" for item in block["items"]
    ]
    return tuple((item[0], item[1]) for item in items)


def caution(contract: Contract) -> str:
    """The regime's sentence of warning."""
    made = documents.document(contract, SHOWN, language_of_pages())
    return " ".join(t for b in made["blocks"] if b["kind"] == "warning" for t in b["items"])


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the button that accepts a contract, and goes into its form."""

    hash: str
    facts: tuple[tuple[str, str], ...]
    caution: str


def beside(contract: Contract) -> Beside:
    """Key facts and hash of an offered contract."""
    return Beside(contract.hash, key_facts(contract), caution(contract))


def offered(contract: Contract, back: str) -> str:
    """A page with all disclosures of a contract and the agreement, before it is agreed to."""
    language = language_of_pages()
    made = [documents.document(contract, key, language) for key in keys_of(contract)]
    return render_template("finance/contracts/offered.html", documents=made, back=back)


def keys_of(contract: Contract) -> tuple[str, ...]:
    """The disclosures a page has tabs for: key facts, what the rules ask for, the agreement."""
    if contract.is_price:
        return (boxes.PRICE,)
    return (SHOWN, *boxes.asked_of(contract), "full")


def kept_document(kept: KeptContract, key: str, language: str) -> dict[str, Any]:
    """A disclosure of an accepted contract, with its number and day under it."""
    foot = documents.accepted_foot(kept.number, clock.day_of(kept.accepted_at), language)
    return documents.document(kept.contract, key, language, foot)


def title(key: str, language: str) -> str:
    """What a disclosure is called."""
    return catalog(language)[f"{key}.title"]
