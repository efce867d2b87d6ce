"""A click on Pay: write the payment down, then ask the gateway with no transaction open."""

from dataclasses import dataclass

from core.errors import InvalidInput
from core.money import Money
from finance.loans import paying, withdrawing
from payments import cards
from payments import services as payments
from payments.values import PaymentView

WALLET, NEW = "wallet", "new"


@dataclass(frozen=True, slots=True, repr=False)
class TypedCard:
    """What the shopper typed; handed to the gateway and forgotten."""

    number: str
    expiry: str
    cvc: str


def pay(
    number: str,
    person_id: int,
    way: str,
    *,
    key: str,
    settle: bool = False,
    more: paying.More | None = None,
    typed: TypedCard | None = None,
    seen: str = "",
) -> PaymentView | Money:
    """Pay what is due on a plan, settle it, or pay `more`; gives the payment, or what the wallet paid.

    way    `wallet`, `card:ID` of a saved card, or `new` with `typed` (None: the gateway's page)
    key    from the form, so that a double click pays once
    seen   what the page showed, so that a second tab does not pay the next row
    """
    if way == WALLET:
        return paying.pay_from_wallet(
            number, person_id, key=key, settle=settle, more=more, seen=seen
        )
    source = source_of(person_id, way, typed)
    payment = paying.pay_by_card(
        number, person_id, source=source, key=key, settle=settle, more=more, seen=seen
    )
    return payments.refresh(payment.id)


def withdraw(
    number: str, person_id: int, way: str, *, key: str, typed: TypedCard | None = None
) -> PaymentView | Money:
    """Withdraw from a plan; arguments and answer as for `pay`. Raises CannotWithdraw."""
    if way == WALLET:
        return withdrawing.withdraw_from_wallet(number, person_id, key=key)
    source = source_of(person_id, way, typed)
    payment = withdrawing.withdraw_by_card(number, person_id, source=source, key=key)
    return payments.refresh(payment.id)


def source_of(person_id: int, way: str, typed: TypedCard | None) -> str:
    """The token of the card that was chosen or typed; "" for the gateway's own page."""
    if way == NEW and typed is not None:
        return cards.save(person_id, typed.number, typed.expiry, typed.cvc).token
    if way == NEW and not cards.entered_here():
        return ""
    found = [card.token for card in cards.of(person_id) if f"card:{card.id}" == way]
    if not found:
        raise InvalidInput("Choose a card.")
    return found[0]
