"""How an advance's money moves; pure.

A = the advance, S = the seller. Interest and fees become income only when they are earned:
interest day by day, a flat fee with each repayment (S3) or when the order is over (S4).
"""

from datetime import date

from core.money import Money
from finance.capital import causes
from finance.capital.rules import Correction, GivenUp, Rebate
from ledger.accounts import Account, account, shard
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import piece, posting

_COLLECTED, _SETTLED, _CANCELED = "advance.collected", "advance.settled", "advance.canceled"
_RELEASED = "order.released"
_BY_ENTRY = causes.remitted("r.entry = {entry}::int")


def _income(number: str) -> Account:
    return account("advance_fee_income", shard(number))


@posting(
    "advance.paid",
    "advance_principal > seller_payable",
    "advance_fee, seller_payable > unearned_fee",
    key="advance:{number}:paid",
    cause=cause(
        "advance a",
        "a.number = {number}",
        seller_payable=(
            "a.seller_id",
            "a.principal - case a.product when 'early_settlement' then a.fee else 0 end",
        ),
        unearned_fee=("a.number", "a.fee"),
    ),
)
def paid_out(
    number: str, seller_id: int, principal: Money, fee: Money, on: date, *, fee_now: bool
) -> Journal:
    """The money is the seller's at once; a flat fee is owed (S3) or kept back (`fee_now`, S4)."""
    payable, unearned = account("seller_payable", seller_id), account("unearned_fee", number)
    payer = payable if fee_now else account("advance_fee", number)
    transfers = moves(
        (account("advance_principal", number), payable, principal, "advance"),
        (payer, unearned, fee, "fee"),
    )
    return Journal(f"advance:{number}:paid", "advance.paid", number, on, transfers)


@posting(
    "advance.interest",
    "advance_fee > accrued_interest, advance_fee_income",
    "advance_fee_income > accrued_interest",
    "accrued_interest > advance_fee_income",
    key="advance:{number}:interest:{entry}",
    cause=cause(
        "interest_taken k join advance a on a.id = k.advance_id",
        "a.number = {number} and k.entry = {entry}::int",
        currency="a.currency",
        accrued_interest=("'sellers'", "k.amount"),
    ),
)
def interest(number: str, amount: Money, accrued: Money, entry: int, on: date) -> Journal | None:
    """Interest of the days since it was last reckoned is owed: what had accrued by the nightly
    run comes out of the control account, the rest is earned now.

    accrued  how much less of this contract lies there afterward (below zero: more)
    entry    the advance's own count of such journals
    """
    own, control = account("advance_fee", number), account("accrued_interest", "sellers")
    nothing = Money.zero(amount.currency)
    known = min(amount, max(accrued, nothing))
    lines = moves(
        (own, control, known, "accrued"),
        (own, _income(number), amount - known, "interest"),
        (_income(number), control, max(accrued - known, nothing), "not_earned"),
        (control, _income(number), max(-accrued, nothing), "accrued"),
    )
    return _of(number, f"interest:{entry}", "advance.interest", on, lines)


@piece(
    "seller_payable > advance_fee, advance_principal",
    into=(_RELEASED, _COLLECTED, _SETTLED, _CANCELED),
)
def repaid(
    number: str, seller_id: int, principal: Money, fee: Money, reason: str
) -> tuple[Transfer, ...]:
    """Taken from the seller's balance."""
    payable = account("seller_payable", seller_id)
    return moves(
        (payable, account("advance_fee", number), fee, f"{reason}_fee"),
        (payable, account("advance_principal", number), principal, reason),
    )


@piece(
    "clearing, wallet > advance_fee, advance_principal",
    into=("payment.paid", "dispute.recovered", _COLLECTED),
)
def paid_from(number: str, source: Account, principal: Money, fee: Money) -> tuple[Transfer, ...]:
    """What fell due comes from the owner's card (`clearing`) or wallet."""
    return moves(
        (source, account("advance_fee", number), fee, "due_repaid_fee"),
        (source, account("advance_principal", number), principal, "due_repaid"),
    )


@piece("seller_reserve > advance_fee, advance_principal", into=_COLLECTED)
def paid_by_reserve(
    number: str, seller_id: int, principal: Money, fee: Money
) -> tuple[Transfer, ...]:
    """What the balance could not pay of an order given back comes out of the reserve."""
    reserve = account("seller_reserve", seller_id)
    return moves(
        (reserve, account("advance_fee", number), fee, "refund_repaid_fee"),
        (reserve, account("advance_principal", number), principal, "refund_repaid"),
    )


@piece(
    "unearned_fee > advance_fee_income",
    into=(_RELEASED, _COLLECTED, _SETTLED, _CANCELED),
    cause=cause(
        "settlement_line s join orders o on o.id = s.order_id"
        " join advance a on a.number = s.contract",
        f"o.number = {{order}} and {causes.TO_COME}",
        currency="a.currency",
        unearned_fee=("a.number", None),
    ),
)
def earned(number: str, fee: Money) -> tuple[Transfer, ...]:
    """A part of a flat fee becomes income."""
    return moves((account("unearned_fee", number), _income(number), fee, "fee_earned"))


@posting(
    "advance.earned",
    "unearned_fee > advance_fee_income",
    key="advance:{number}:earned",
    cause=causes.UNEARNED,
)
def earned_at_the_end(number: str, fee: Money, on: date) -> Journal | None:
    """The fee kept back at the start is earned when the order is over."""
    lines = moves((account("unearned_fee", number), _income(number), fee, "fee_earned"))
    return _of(number, "earned", "advance.earned", on, lines)


@piece(
    "unearned_fee > advance_fee",
    "advance_fee_income > advance_principal",
    "advance_fee_income > seller_payable",
    into=(_RELEASED, _COLLECTED, _SETTLED, _CANCELED),
)
def given_back(number: str, seller_id: int, rebate: Rebate) -> tuple[Transfer, ...]:
    """A fee that is not earned: what is still owed falls away, what was paid comes off income."""
    payable = account("seller_payable", seller_id)
    return moves(
        (
            account("unearned_fee", number),
            account("advance_fee", number),
            rebate.fee,
            "fee_rebate",
        ),
        (
            _income(number),
            account("advance_principal", number),
            rebate.principal,
            "fee_rebate",
        ),
        (_income(number), payable, rebate.back, "fee_rebate"),
    )


@piece("advance_fee_income > advance_fee, advance_principal", into=(_SETTLED, _CANCELED))
def interest_undone(number: str, rebate: Rebate) -> tuple[Transfer, ...]:
    """Interest of days that cost nothing after all is no income."""
    return moves(
        (_income(number), account("advance_fee", number), rebate.fee, "interest_undone"),
        (_income(number), account("advance_principal", number), rebate.principal, "fee_rebate"),
    )


_LOST = ("credit_loss > advance_principal, advance_fee", "unearned_fee > advance_fee")


@posting("advance.waived", *_LOST, key="advance:{number}:waived:{entry}", cause=causes.UNEARNED)
def waived(number: str, entry: int, lost: GivenUp, on: date) -> Journal | None:
    """Two admins give up a part of what a seller owes."""
    return _of(number, f"waived:{entry}", "advance.waived", on, _lost(number, lost, "waived"))


_GONE = cause(
    "advance a",
    f"a.number = {{number}} and a.state = 'charged_off' and {causes.TO_COME}",
    unearned_fee=("a.number", None),
    loss_allowance=("'sellers'", None),
)
_KEY = "advance:{number}:charged_off"
_FIRST = "loss_allowance > advance_principal, advance_fee"


@posting("advance.charged_off", *_LOST, _FIRST, key=_KEY, cause=_GONE)
def charged_off(number: str, lost: GivenUp, set_aside: Money, on: date) -> Journal | None:
    """The contract leaves the book: against what was set aside for it, the rest is a loss today."""
    lines = _lost(number, lost, "charged_off", set_aside)
    return _of(number, "charged_off", "advance.charged_off", on, lines)


def _lost(
    number: str, lost: GivenUp, reason: str, set_aside: Money | None = None
) -> tuple[Transfer, ...]:
    principal, fee = lost.out_of(set_aside or Money.zero(lost.principal.currency))
    allowance, loss = account("loss_allowance", "sellers"), account("credit_loss")
    source = account("unearned_fee", number) if lost.unearned else loss
    return moves(
        (allowance, account("advance_principal", number), principal, reason),
        (allowance, account("advance_fee", number), fee, reason),
        (source, account("advance_fee", number), lost.fee - fee, reason),
        (loss, account("advance_principal", number), lost.principal - principal, reason),
    )


@piece("seller_payable > recovery", into=(_RELEASED, _COLLECTED))
def recovered(seller_id: int, amount: Money) -> tuple[Transfer, ...]:
    """Paid on a contract that was charged off."""
    payable = account("seller_payable", seller_id)
    return moves((payable, account("recovery"), amount, "lost_repaid"))


_SIDES = "advance_principal, advance_fee, unearned_fee, advance_fee_income, seller_payable"


@piece(f"{_SIDES} > {_SIDES}, disputed_funds", into="advance.corrected")
def correction(
    number: str, seller_id: int, change: Correction, currency: str, to: Account | None = None
) -> tuple[Transfer, ...]:
    """Lines that make the balances what they would have been; income takes what is left over.

    to   who gets what was paid back, in the seller's place
    """
    income = change.principal + change.fee - change.unearned - change.payable
    debits = [
        (account("advance_principal", number), change.principal),
        (account("advance_fee", number), change.fee),
        (account("unearned_fee", number), -change.unearned),
        (_income(number), -income),
        (to or account("seller_payable", seller_id), -change.payable),
    ]
    givers = {side: -amount for side, amount in debits if amount < 0}
    found: list[tuple[Account, Account, Money, str]] = []
    for taker, wanted in ((side, amount) for side, amount in debits if amount > 0):
        for giver in givers:
            part = min(wanted, givers[giver])
            givers[giver] -= part
            wanted -= part
            found.append((taker, giver, Money(part, currency), "corrected"))
    return moves(*found)


@posting("advance.corrected", key="advance:{number}:corrected:{entry}", cause=_BY_ENTRY)
def corrected(number: str, entry: int, lines: tuple[Transfer, ...], on: date) -> Journal | None:
    """Something became known later than it happened: what followed was replayed."""
    return _of(number, f"corrected:{entry}", "advance.corrected", on, lines)


@posting(_COLLECTED, key="advance:{number}:collected:{entry}", cause=(*_BY_ENTRY, causes.RECOVERED))
def collected(number: str, entry: int, lines: tuple[Transfer, ...], on: date) -> Journal | None:
    """What is due is taken from the seller's balance, or paid by the seller ahead of its time."""
    return _of(number, f"collected:{entry}", _COLLECTED, on, lines)


@posting(_SETTLED, key="advance:{number}:settled", cause=causes.remitted("r.reason = 'early'"))
def settled(number: str, lines: tuple[Transfer, ...], on: date) -> Journal | None:
    """The seller pays all of it off from the balance, before its time."""
    return _of(number, "settled", _SETTLED, on, lines)


@posting(_SETTLED, key="advance:{number}:renewed", cause=causes.remitted("r.reason = 'early'"))
def renewed(number: str, lines: tuple[Transfer, ...], on: date) -> Journal | None:
    """A new advance pays the old one off."""
    return _of(number, "renewed", _SETTLED, on, lines)


@posting(_CANCELED, key="advance:{number}:canceled", cause=causes.remitted("r.reason = 'canceled'"))
def canceled(number: str, lines: tuple[Transfer, ...], on: date) -> Journal | None:
    """The seller gives an advance back within the days in which it costs nothing."""
    return _of(number, "canceled", _CANCELED, on, lines)


def _of(
    number: str, cause: str, kind: str, on: date, lines: tuple[Transfer, ...]
) -> Journal | None:
    return Journal(f"advance:{number}:{cause}", kind, number, on, lines) if lines else None
