"""Who lends: the lenders of record of a product, with their shares."""

from collections.abc import Callable

from flask import current_app

from finance.contracts.contract import Lender

Source = Callable[[str, int, str], tuple[Lender, ...]]
_sources: list[Source] = []


_banks: list[str] = []


def plug(source: Source, banks: tuple[str, ...] = ()) -> None:
    """Let `source(product, minor units, currency)` name the lenders; () leaves it to the mall.

    banks   names of all that may be lenders, for consents to share with each
    """
    _sources[:], _banks[:] = [source], banks


def banks() -> tuple[str, ...]:
    """Names of the banks that may lend beside the mall."""
    return tuple(_banks)


def of_record(product: str, amount: int, currency: str) -> tuple[Lender, ...]:
    """The lenders of a new contract; the mall alone where no bank takes part."""
    named = _sources[0](product, amount, currency) if _sources else ()
    return named or (Lender(current_app.config["MALL_NAME"]),)
