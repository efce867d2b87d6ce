"""A click on Pay: write the payment down, then ask the gateway with no transaction open."""

from core.money import Money
from finance.credit_line import paying
from finance.loans.asking import WALLET, TypedCard, source_of
from payments import services as payments
from payments.values import PaymentView


def pay(
    number: str,
    person_id: int,
    kind: str,
    way: str,
    *,
    key: str,
    amount: Money | None = None,
    typed: TypedCard | None = None,
    seen: str = "",
) -> PaymentView | Money:
    """Pay `kind` of a line; gives the payment, or what the wallet paid.

    kind   least, full, all, or amount with `amount`
    way    `wallet`, `card:ID` of a saved card, or `new` with `typed` (None: the gateway's page)
    key    from the form, so that a double click pays once; seen: what the page showed
    """
    if way == WALLET:
        return paying.pay_from_wallet(number, person_id, kind, key=key, typed=amount, seen=seen)
    source = source_of(person_id, way, typed)
    payment = paying.pay_by_card(
        number, person_id, kind, source=source, key=key, typed=amount, seen=seen
    )
    return payments.refresh(payment.id)
