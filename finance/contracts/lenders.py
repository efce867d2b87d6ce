"""Who lends: the lenders of record of a product, with their shares."""

from collections.abc import Callable

from flask import current_app

from core.money import MILLION
from finance.contracts.contract import Contract, Lender
from mall.ports.payment_methods import TermsChanged

Source = Callable[[str, int, str, int, str], tuple[Lender, ...]]
Actual = Callable[[str], tuple[Lender, ...]]
_sources: list[Source] = []
_actual: list[Actual] = []


_banks: list[Callable[[], tuple[str, ...]]] = []


def plug(source: Source, banks: Callable[[], tuple[str, ...]] = tuple) -> None:
    """Let `source(product, minor units, currency, apr_ppm, grade)` name the lenders; () leaves it to the mall.

    banks   names of all that may be lenders, for consents to share with each
    """
    _sources[:], _banks[:] = [source], [banks]


def banks() -> tuple[str, ...]:
    """Names of the banks that may lend beside the mall."""
    return _banks[0]() if _banks else ()


def plug_actual(source: Actual) -> None:
    """Let `source(number)` name the lenders that a contract has got; () leaves it to the mall."""
    _actual[:] = [source]


def of_record(
    product: str, amount: int, currency: str, *, apr_ppm: int = MILLION, grade: str = ""
) -> tuple[Lender, ...]:
    """The lenders of a new contract; the mall alone where no bank takes part.

    apr_ppm   what the borrower would pay a year; grade: hers, "" where nobody filters by it
    """
    named = _sources[0](product, amount, currency, apr_ppm, grade) if _sources else ()
    return named or alone()


def check(contract: Contract, number: str) -> None:
    """Raise TermsChanged when others lend than the contract names: a bank stopped just now."""
    if do_lend(number) != contract.lenders:
        raise TermsChanged()


def do_lend(number: str) -> tuple[Lender, ...]:
    """The lenders that a loan has got; the mall alone where no bank takes part."""
    return (_actual[0](number) if _actual else ()) or alone()


def alone() -> tuple[Lender, ...]:
    """The mall itself."""
    return (Lender(current_app.config["MALL_NAME"]),)
