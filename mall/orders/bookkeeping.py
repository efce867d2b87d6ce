"""How an order's money moves when it is given back; pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money, total
from ledger.accounts import account, shard
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting
from mall.ports.payment_methods import GivenBack, ToCard


class UnevenRefund(ValueError):
    """A way to pay gave back more or less than the refund is worth."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a refund's money comes from.

    commission   the mall's share of it, zero before release
    tax          on that commission, collected for `jurisdiction`
    balance      what the seller's balance can bear now
    reserve      what is frozen in the seller's reserve for this: used before the balance
    released     whether the order's money has left escrow
    """

    order_number: str
    seller_id: int
    amount: Money
    released: bool
    commission: Money
    balance: Money
    tax: Money
    reserve: Money
    jurisdiction: str = ""


def _said(name: str) -> str:
    """What the refund says that accounts of this kind got."""
    return f"(r.sources->>'{name}')::bigint"


@posting(
    "order.refunded",
    "escrow > refund_payable",
    "commission > refund_payable",
    "tax_payable > refund_payable",
    "seller_payable, seller_receivable, seller_reserve > refund_payable",
    "promotion > refund_payable",
    key="refund:{number}",
    cause=cause(
        "refund r",
        "r.number = {number} and r.state in ('accepted', 'settled', 'failed')",
        refund_payable=(
            "r.number",
            "(select sum((c->>'amount')::bigint) from jsonb_array_elements(r.cards) c)",
        ),
        seller_payable=("r.seller_id", _said("seller_payable")),
        seller_receivable=("r.seller_id", _said("seller_receivable")),
        seller_reserve=("r.seller_id", _said("seller_reserve")),
        wallet=("r.buyer_id", _said("wallet")),
        promotion=("", _said("promotion")),
    ),
)
def refunded(number: str, source: Source, given: GivenBack, on: date) -> Journal:
    """All of one refund: into `refund_payable`, and what the way to pay takes out of it at once."""
    zero = Money.zero(source.amount.currency)
    seller, mall = given.seller_pays or zero, given.mall_pays or zero
    wallet = given.to_wallet or zero
    promised = account("refund_payable", number)
    _check_even(source.amount + seller + mall, given, promised.path, wallet)
    transfers = (
        *_raised(number, source, seller),
        *moves((account("promotion"), promised, mall, "mall_pays")),
        *given.transfers,
    )
    return Journal(f"refund:{number}", "order.refunded", source.order_number, on, transfers)


def sources_of(journal: Journal) -> dict[str, int]:
    """What each kind of account got, or gave (below zero), minor units."""
    found: Counter[str] = Counter()
    for line in journal.transfers:
        found[line.debit.kind.name] -= line.amount.minor
        found[line.credit.kind.name] += line.amount.minor
    return {name: amount for name, amount in sorted(found.items()) if amount}


def merged(parts: Sequence[GivenBack], currency: str) -> GivenBack:
    """What several ways to pay give back of one refund, as one; one payment's parts added up."""
    zero = Money.zero(currency)
    cards: dict[int, Money] = {}
    for card in [card for part in parts for card in part.to_cards]:
        cards[card.payment_id] = cards.get(card.payment_id, zero) + card.amount
    return GivenBack(
        transfers=tuple(transfer for part in parts for transfer in part.transfers),
        to_cards=tuple(ToCard(payment_id, amount) for payment_id, amount in cards.items()),
        to_wallet=total([part.to_wallet or zero for part in parts], currency),
        seller_pays=total([part.seller_pays or zero for part in parts], currency),
        mall_pays=total([part.mall_pays or zero for part in parts], currency),
        note=" ".join(part.note for part in parts if part.note),
    )


@piece("refund_payable > wallet", into="order.refunded")
def into_wallet(number: str, person_id: int, amount: Money) -> tuple[Transfer, ...]:
    """The part of a refund that becomes the shopper's balance."""
    return moves(
        (account("refund_payable", number), account("wallet", person_id), amount, "to_wallet")
    )


@piece("refund_payable > disputed_funds", into="order.refunded")
def for_the_bank(number: str, dispute: str, amount: Money) -> tuple[Transfer, ...]:
    """The shopper's bank has taken the refund's money already: it fills what the bank took."""
    promised, taken = account("refund_payable", number), account("disputed_funds", dispute)
    return moves((promised, taken, amount, "charged_back"))


@piece("refund_payable > dispute_loss", into="order.refunded")
def recouped(number: str, amount: Money) -> tuple[Transfer, ...]:
    """The mall had borne a lost dispute of an order that is called off: the loss is undone."""
    return moves(
        (account("refund_payable", number), account("dispute_loss"), amount, "loss_undone")
    )


def _raised(number: str, source: Source, extra: Money) -> tuple[Transfer, ...]:
    promised = account("refund_payable", number)
    if not source.released:
        escrow = account("escrow", source.order_number)
        return moves((escrow, promised, source.amount, "refund")) + _from_seller(
            number, source, extra, "seller_pays"
        )
    fees = account("commission", shard(source.order_number))
    share = moves((fees, promised, source.commission, "commission_back"))
    if source.tax:
        taxes = account("tax_payable", source.jurisdiction)
        share += moves((taxes, promised, source.tax, "tax_back"))
    borne = source.amount - source.commission - source.tax + extra
    return share + _from_seller(number, source, borne, "refund")


def _from_seller(number: str, source: Source, amount: Money, reason: str) -> tuple[Transfer, ...]:
    promised, seller = account("refund_payable", number), source.seller_id
    from_reserve = min(amount, source.reserve)
    from_balance = min(amount - from_reserve, source.balance)
    owed = amount - from_reserve - from_balance
    return moves(
        (account("seller_reserve", seller), promised, from_reserve, reason),
        (account("seller_payable", seller), promised, from_balance, reason),
        (account("seller_receivable", seller), promised, owed, f"{reason}_owed"),
    )


def _check_even(value: Money, given: GivenBack, promised: str, wallet: Money) -> None:
    parts = [t.amount for t in given.transfers if t.debit.path == promised]
    parts += [card.amount for card in given.to_cards]
    out = total(parts, value.currency) + wallet
    if out != value:
        raise UnevenRefund(f"{out} is given back out of {value}")
