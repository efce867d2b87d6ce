"""What a fold moved becomes journals: an event's own, and one that corrects what was booked."""

from collections import Counter
from collections.abc import Iterable, Sequence

from core import clock
from core.money import Money
from finance.lending.life.events import Event
from finance.lending.life.state import Move, State
from finance.loans import bookkeeping
from finance.loans.bookkeeping import Owing, Whose
from finance.loans.life import remember
from finance.loans.models import Loan
from ledger import book

_OUTSIDE = ("source", "escrow", "refund_payable", "disputed_funds")
_WITH_THEM = ("rounding",)  # labels that belong into the refund's own journal


def post(
    loan: Loan, event: Event, before: State, after: State, *, shuffled: bool
) -> tuple[Move, ...]:
    """Post what `event` changed inside the loan; gives its moves from and to other rooms.

    shuffled  the loan has heard of events late: a row's fee may be earned a second time
    """
    own = after.moves[event.entry]
    outside = tuple(move for move in own if _is_outside(move))
    changed = _net(_all(after))
    changed.subtract(_net(_all(before)))
    rest = Counter(changed)
    rest.subtract(_net(own))
    if not any(rest.values()):
        again = f":{event.entry}" if shuffled else ""
        _post_own(loan, event, [move for move in own if move not in outside], again)
        return outside
    changed.subtract(_net(outside))
    lines = [(*pair, event.kind) for pair in _pairs(changed)]
    if lines:
        today = max(event.on, clock.today())
        remember(loan, f"corrected:{event.entry}", "corrected", today, ref=event.kind)
        book.post(bookkeeping.corrected(of(loan), event.entry, lines, today))
    return outside


def of(loan: Loan) -> Whose:
    """Whose accounts a loan's moves are between."""
    return Whose(loan.number, loan.borrower_id, loan.currency)


def _is_outside(move: Move) -> bool:
    debit, credit, _, label = move
    sides = (debit.partition(":")[0], credit.partition(":")[0])
    return label in _WITH_THEM or any(side in _OUTSIDE for side in sides)


def _all(state: State) -> Iterable[Move]:
    return (move for moved in state.moves.values() for move in moved)


def _net(moved: Iterable[Move]) -> "Counter[str]":
    """Debits less credits by account; what is paid too much is the shopper's balance."""
    found: Counter[str] = Counter()
    for debit, credit, amount, _ in moved:
        found["wallet" if debit == "over" else debit] += amount
        found["wallet" if credit == "over" else credit] -= amount
    return found


def _pairs(net: "Counter[str]") -> list[tuple[str, str, int]]:
    """Transfers that move exactly `net`: each account on one side only."""
    credits = {name: -amount for name, amount in sorted(net.items()) if amount < 0}
    found: list[tuple[str, str, int]] = []
    for debit, left in sorted(net.items()):
        for credit in [name for name, there in credits.items() if there and left > 0]:
            part = min(left, credits[credit])
            if part:
                found.append((debit, credit, part))
            credits[credit] -= part
            left -= part
    return found


def _post_own(loan: Loan, event: Event, own: Sequence[Move], again: str) -> None:
    number, on = loan.number, event.on
    for debit, credit, amount, label in own:
        money, row = loan.money(amount), label.removeprefix("row_") + again
        match (debit, credit, label):
            case ("loan_interest", "loan_interest_income", _):
                book.post(bookkeeping.due(number, row, money, on))
            case ("loan_fee", "late_fee_income", _):
                book.post(bookkeeping.late_fee(number, row, money, on))
    _post_together(loan, event, own)


def _post_together(loan: Loan, event: Event, own: Sequence[Move]) -> None:
    """What goes into one journal of several lines."""
    lost = [m for m in own if m[3] == "charged_off"]
    back = [m for m in own if m[3] == "withdrawn"]
    forgiven = [m for m in own if m[1] in ("loan_fee", "loan_interest") and m[0].endswith("income")]
    if lost:
        owing = Owing(*(_sum(loan, lost, f"loan_{p}") for p in ("principal", "interest", "fee")))
        held = sum(amount for debit, _, amount, _ in lost if debit == "loss_allowance")
        book.post(bookkeeping.charged_off(loan.number, owing, loan.money(held), event.on))
    elif back:
        paid, unpaid = (_sum(loan, back, f"loan_{part}") for part in ("principal", "interest"))
        journal = bookkeeping.fees_given_back(loan.number, paid, unpaid, event.on)
        if journal is not None:
            book.post(journal)
    elif forgiven:
        book.post(bookkeeping.forgiven(of(loan), event.entry, forgiven, event.on))


def _sum(loan: Loan, own: Sequence[Move], credit: str) -> Money:
    return loan.money(sum(amount for _, to, amount, _ in own if to == credit))
