"""What an event moved, as money: transfers for the book, a line for the seller's page."""

from datetime import date

from core.money import Money
from finance.capital import bookkeeping
from finance.capital.fold.state import Effect
from finance.capital.models import Advance, Remittance
from finance.capital.rules import Rebate
from finance.capital.terms import SALES_SHARE
from ledger import book
from ledger.entries import Journal, Transfer


def paid_in(
    advance: Advance,
    effect: Effect,
    on: date,
    *,
    reason: str,
    order: str = "",
    tied: bool = False,
    text: str = "",
    entry: int | None = None,
) -> tuple[Transfer, ...]:
    """Transfers out of the seller's balance for `effect`, which is written down.

    A fee given back comes first; S3's flat fee is earned with each payment of it.
    entry   of the journal that the transfers go into, where its key has one
    """
    principal, fee = advance.money(effect.principal), advance.money(effect.fee)
    if principal + fee or effect.back:
        remember(
            advance,
            principal,
            fee,
            on,
            reason=reason,
            order=order,
            tied=tied,
            text=text,
            entry=entry,
            back=effect.back,
        )
    lines = given_back(advance, effect)
    words = _WORDS.get(reason, "early_repaid")
    lines += bookkeeping.repaid(advance.number, advance.seller_id, principal, fee, words)
    if advance.product == SALES_SHARE:
        lines += bookkeeping.earned(advance.number, fee)
    return lines


_WORDS = {"order": "order_repaid", "refund": "refund_repaid", "share": "share_repaid",
          "due": "due_repaid"}  # fmt: skip


def given_back(advance: Advance, effect: Effect) -> tuple[Transfer, ...]:
    """Transfers for a fee that is not earned after all."""
    parts = Rebate(*map(advance.money, (effect.fee_off, effect.principal_off, effect.back)))
    if advance.product == SALES_SHARE:
        return bookkeeping.given_back(advance.number, advance.seller_id, parts)
    return bookkeeping.interest_undone(advance.number, parts)


def remember(
    advance: Advance,
    principal: Money,
    fee: Money,
    on: date,
    *,
    reason: str,
    order: str = "",
    tied: bool = False,
    text: str = "",
    entry: int | None = None,
    source: str = "balance",
    back: int = 0,
) -> None:
    """Write a payment down, for the seller's pages and as the cause of its journal."""
    remittance = Remittance(
        seller_id=advance.seller_id,
        order_number=order,
        reason=reason,
        principal=principal.minor,
        fee=fee.minor,
        back=back,
        source=source,
        entry=entry,
        tied=tied,
        note=text[:240],
        on=on,
    )
    advance.remittances.append(remittance)


def post(payment: Journal | None) -> None:
    """Write a payment out of the seller's balance; raises Overdrawn when it is too small."""
    if payment is not None:
        book.post(payment)
