"""The journal of a loan: what each event debits and credits, by role; the caller has accounts.

Roles follow the usual accrual books of a lender: money goes through `clearing`, principal stands
in `loans_receivable`, interest and charges in receivables of their own as they are earned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from finance.lending.replay import events as e
from finance.lending.replay.events import Event
from finance.lending.replay.numbers import ZERO
from finance.lending.replay.rows import ALL_PARTS, FEE, INTEREST, PENALTY, PRINCIPAL
from finance.lending.replay.work import Record, Work

RECEIVABLE = {
    PRINCIPAL: "loans_receivable",
    INTEREST: "interest_receivable",
    FEE: "fee_receivable",
    PENALTY: "penalty_receivable",
}
INCOME = {INTEREST: "interest_income", FEE: "fee_income", PENALTY: "penalty_income"}
CLEARING, OVERPAYMENT = "clearing", "overpayment"
LOSS, RECOVERY, GOODWILL = "credit_loss_expense", "recovery_income", "goodwill_expense"


@dataclass(frozen=True, slots=True)
class Line:
    """account  a role; debit positive, credit negative"""

    account: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """on, what: the event that caused it; id: its number; the lines sum to zero."""

    on: date
    what: str
    id: int | None
    lines: tuple[Line, ...]


def entry(on: date, what: str, id: int | None, amounts: Iterable[tuple[str, Decimal]]) -> Entry:
    """Lines per account, without zeros; refuses what does not balance."""
    sums: dict[str, Decimal] = {}
    for account, amount in amounts:
        sums[account] = sums.get(account, ZERO) + amount
    if sum(sums.values(), ZERO):
        raise ValueError(f"{what} on {on} does not balance: {sums}")
    return Entry(on, what, id, tuple(Line(k, v) for k, v in sums.items() if v))


@dataclass(frozen=True, slots=True)
class Standing:
    """What the book must show: owed by part (interest: charged back less paid), and overpaid."""

    owed: tuple[Decimal, Decimal, Decimal, Decimal]
    overpaid: Decimal

    @classmethod
    def of(cls, work: Work) -> "Standing":
        def total(part: str) -> Decimal:
            if part == INTEREST:
                return sum((row.credited[part] - row.paid[part] for row in work.rows), ZERO)
            return sum((row.owed(part) for row in work.rows), ZERO)

        principal, interest, fee, penalty = (total(part) for part in ALL_PARTS)
        return cls((principal, interest, fee, penalty), work.overpaid)


def of_event(
    event: Event, records: Sequence[Record], before: Standing, after: Standing, lost: bool
) -> Entry:
    """Money on one side, what changed of what is owed and overpaid on the other.

    records  what the event did (a refund may give back interest besides)
    lost     charged off before: what is paid now is recovered, nothing is receivable
    """
    amounts = [line for record in records if not record.void for line in _money(record)]
    if event.kind == e.CHARGE:
        part = PENALTY if event.penalty else FEE
        amounts.append((INCOME[part], -(event.amount or ZERO)))
    amounts.append((OVERPAYMENT, before.overpaid - after.overpaid))
    changes = [now - then for now, then in zip(after.owed, before.owed, strict=True)]
    if event.kind in (e.CHARGE_OFF, e.WRITE_OFF):
        return _charged_off(event, records[-1], lost)
    if event.kind == e.RECOVERY:
        amounts.append((RECOVERY, -(event.amount or ZERO)))
    for part, change in zip(ALL_PARTS, changes, strict=True):
        amounts.append((RECOVERY if lost else RECEIVABLE[part], change))
    return entry(event.on, event.kind, event.id, amounts)


def _money(record: Record) -> list[tuple[str, Decimal]]:
    """Where money comes from or goes to."""
    if record.kind in (e.DISBURSEMENT, e.CHARGEBACK, e.CREDIT_BALANCE_REFUND):
        return [(CLEARING, -record.amount)]
    if record.kind in (e.CHARGE_OFF, e.WRITE_OFF, e.REAGE, e.REAMORTIZE):
        return []
    if record.kind == e.WAIVER:
        return [(INCOME[record.event.part], record.amount)]
    source = {"GOODWILL_CREDIT": GOODWILL, e.INTEREST_REFUND: INCOME[INTEREST]}
    return [(source.get(record.kind, CLEARING), record.amount)]


def _charged_off(event: Event, record: Record, already: bool) -> Entry:
    """Principal is lost; interest and charges never were income. Nothing is lost twice."""
    if already:
        return Entry(event.on, event.kind, event.id, ())
    lost = [(LOSS, record.parts[PRINCIPAL])]
    lost += [(INCOME[part], record.parts[part]) for part in INCOME]
    lost += [(RECEIVABLE[part], -record.parts[part]) for part in ALL_PARTS]
    return entry(event.on, event.kind, event.id, lost)


def of_accrual(on: date, amount: Decimal) -> Entry:
    lines = [(RECEIVABLE[INTEREST], amount), (INCOME[INTEREST], -amount)]
    return entry(on, "ACCRUAL", None, lines)


def balances(entries: Iterable[Entry]) -> dict[str, Decimal]:
    """What stands on each account: debits less credits."""
    sums: dict[str, Decimal] = {}
    for each in entries:
        for line in each.lines:
            sums[line.account] = sums.get(line.account, ZERO) + line.amount
    return sums
