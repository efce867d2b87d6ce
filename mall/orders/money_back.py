"""Where a refund's money went: to cards, to the balance, off a plan; read from its one journal."""

from dataclasses import dataclass

from core.money import Money, total
from core.web import money
from ledger import book
from ledger.accounts import account
from mall.orders.models import Refund
from mall.orders.rules import RefundState
from payments import cards

_NO_PLAN = ("charged_back", "loss_undone", "not_due")
_SELLERS_WORDS = {
    "": "back the way the buyer paid",
    "bank account": "to the buyer's bank account",
}
_DECIDED = (RefundState.ACCEPTED, RefundState.SETTLED, RefundState.FAILED)


@dataclass(frozen=True, slots=True)
class WentTo:
    """amount + by_seller + by_mall = Σ to_cards + to_wallet + off_plan + by_bank + at_door.

    to_cards     the card as its owner knows it ("" where we do not), and its part
    off_plan     what an installment plan owes less
    at_door      what the courier asks less for
    by_bank      what the card's bank had taken back already, in a dispute
    by_seller    fees of the plan that the seller bears beside the amount; by_mall: the mall
    """

    to_cards: tuple[tuple[str, Money], ...]
    to_wallet: Money
    off_plan: Money
    by_seller: Money
    by_mall: Money
    by_bank: Money
    at_door: Money


def went_to(refund: Refund) -> WentTo | None:
    """Where an accepted refund's money went; None before it is accepted, or when it is rejected."""
    if refund.state not in _DECIDED:
        return None
    promised = account("refund_payable", refund.number).path
    wallet = account("wallet", refund.buyer_id).path
    lines = book.journal(f"refund:{refund.number}").lines
    out = [line for line in lines if line.debit == promised]
    zero = Money.zero(refund.currency)
    return WentTo(
        to_cards=_to_cards(refund),
        to_wallet=sum((line.amount for line in out if line.credit == wallet), zero),
        off_plan=sum(
            (x.amount for x in out if x.credit != wallet and x.reason not in _NO_PLAN), zero
        ),
        by_seller=Money(refund.extra, refund.currency),
        by_mall=total((line.amount for line in lines if line.reason == "mall_pays"), zero.currency),
        at_door=sum((line.amount for line in out if line.reason == "not_due"), zero),
        by_bank=sum((line.amount for line in out if line.reason == "charged_back"), zero),
    )


def _to_cards(refund: Refund) -> tuple[tuple[str, Money], ...]:
    names = cards.used_by([part["payment_id"] for part in refund.cards])
    return tuple(
        (names.get(part["payment_id"], ""), Money(part["amount"], refund.currency))
        for part in refund.cards
    )


def in_words(went: WentTo | None) -> str:
    """`¥212.00 to your Visa ending in 4242, ¥1,000.00 off your plan.`, for the shopper."""
    if went is None:
        return ""
    parts = [
        f"{money(amount)} to your {name}" if name else f"{money(amount)} back the way you paid"
        for name, amount in went.to_cards
    ]
    return _sentence(went, parts, "your")


def in_words_for_seller(went: WentTo | None) -> str:
    """The same without the buyer's card, and who bore what the plan had already earned."""
    if went is None:
        return ""
    sums: dict[str, Money] = {}
    for name, amount in went.to_cards:
        where = _SELLERS_WORDS.get(name, "to the buyer's card")
        sums[where] = sums.get(where, Money.zero(amount.currency)) + amount
    parts = [f"{money(amount)} {where}" for where, amount in sums.items()]
    borne = [
        f"{who} bore the {money(amount)} that the plan had earned."
        for who, amount in (("You", went.by_seller), ("The mall", went.by_mall))
        if amount
    ]
    return " ".join([_sentence(went, parts, "the buyer's"), *borne])


def _sentence(went: WentTo, parts: list[str], whose: str) -> str:
    if went.to_wallet:
        parts = [*parts, f"{money(went.to_wallet)} to {whose} balance here"]
    if went.at_door:
        parts = [*parts, f"{money(went.at_door)} less to pay at the door"]
    if went.by_bank:
        parts = [*parts, f"{money(went.by_bank)} by {whose} bank, to the card"]
    if went.off_plan:
        parts = [*parts, f"{money(went.off_plan)} off {whose} plan"]
    return ", ".join(parts) + "." if parts else ""
