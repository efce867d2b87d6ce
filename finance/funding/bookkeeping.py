"""Every entry between a loan and the banks that lend a part of it; pure.

Each account of a bank belongs to one loan, `partner_payable:ALPHA:L-7K2M9Q4FA`: so the database
holds that a bank gets back at most what it lent on it, and loans never wait for each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from core.money import Money
from finance.funding.sharing import Moved
from ledger.accounts import Account, account
from ledger.causes import cause
from ledger.entries import Journal, Transfer, moves
from ledger.postings import posting


@dataclass(frozen=True, slots=True)
class Share:
    """A bank's part of a loan, by the bank's code and the loan's number."""

    bank: str
    ref: str
    currency: str

    def account(self, name: str) -> Account:
        return account(name, f"{self.bank}:{self.ref}")

    def money(self, minor: int) -> Money:
        return Money(minor, self.currency)


def between(bank: str) -> Account:
    """What a bank has to pay us, less what it has to get; lines of our statement clear it."""
    return account("clearing", f"funding:{bank}")


_FLOW = (
    "participation_flow w join participation p on p.id = w.participation_id"
    " join funder f on f.id = p.funder_id"
)
_PART = "f.code || ':' || p.ref"


@posting(
    "funding.drawn",
    "clearing > partner_payable",
    key="funding:{loan}:drawn",
    cause=cause(
        _FLOW,
        "p.ref = {loan} and w.drawn > 0",
        currency="p.currency",
        partner_payable=(_PART, "w.drawn"),
    ),
)
def drawn(ref: str, parts: Sequence[tuple[Share, Money]], on: date) -> Journal:
    """Banks lend their parts of a new loan."""
    lines = moves(
        *(
            (between(share.bank), share.account("partner_payable"), money, "drawn")
            for share, money in parts
        )
    )
    return Journal(f"funding:{ref}:drawn", "funding.drawn", ref, on, lines)


@posting(
    "funding.split",
    "partner_payable > partner_due",
    "partner_due > partner_payable",
    "partner_payable > credit_loss",
    "credit_loss > partner_payable",
    "funding_cost > partner_interest",
    "partner_due > funding_cost",
    "recovery > partner_due",
    "partner_due > recovery",
    key="funding:{loan}:split:{entry}",
    cause=cause(
        _FLOW,
        "p.ref = {loan} and w.entry = {entry}::int",
        currency="p.currency",
        partner_payable=(_PART, "-w.back - w.lost"),
        partner_due=(_PART, "w.back + w.recovered + least(w.interest + w.fees, 0)"),
        partner_interest=(_PART, "greatest(w.interest + w.fees, 0)"),
    ),
)
def split(ref: str, entry: int, parts: Sequence[tuple[Share, Moved]], on: date) -> Journal:
    """A loan's money moved: each bank's part of what came in, was owed again, lost or recovered."""
    lines = [line for share, moved in parts for line in _lines(share, moved)]
    return Journal(f"funding:{ref}:split:{entry}", "funding.split", ref, on, tuple(lines))


def _lines(share: Share, moved: Moved) -> tuple[Transfer, ...]:
    payable, due = share.account("partner_payable"), share.account("partner_due")
    loss, recovery = account("credit_loss"), account("recovery")
    cost, interest = account("funding_cost"), share.account("partner_interest")
    earned = (cost, interest) if moved.earned > 0 else (cost, due)
    return moves(
        *(
            (debit, credit, share.money(amount), label)
            if amount >= 0
            else (credit, debit, share.money(-amount), label)
            for debit, credit, amount, label in (
                (payable, due, moved.back, "principal"),
                (payable, loss, moved.lost, "lost"),
                (*earned, moved.earned, "interest"),
                (recovery, due, moved.recovered, "recovered"),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """What waits to be transferred of a share: principal and recoveries, and interest."""

    share: Share
    due: int
    interest: int


@posting(
    "funding.transferred",
    "partner_due, partner_interest > clearing",
    "clearing > partner_due",
    key="funding:{bank}:transfer:{number}",
    cause=cause(
        "funding_transfer t join funder f on f.id = t.funder_id",
        "t.number = {number} and f.code = {bank}",
        clearing=("'funding:' || f.code", "t.due + t.interest"),
        partner_due=("'*'", None),
        partner_interest=("'*'", None),
    ),
)
def transferred(bank: str, number: str, owed: Sequence[Owed], on: date) -> Journal:
    """What was collected for a bank goes to it, less what it owes us of disputed payments."""
    ours = between(bank)
    lines = []
    for each in owed:
        share, due = each.share, each.share.account("partner_due")
        sides = (due, ours) if each.due >= 0 else (ours, due)
        interest = share.account("partner_interest")
        lines += [(*sides, share.money(abs(each.due)), "transfer")]
        lines += [(interest, ours, share.money(each.interest), "transfer")]
    return Journal(
        f"funding:{bank}:transfer:{number}", "funding.transferred", bank, on, moves(*lines)
    )
