"""A bank's loans by how late they are, and one of them with all that happened; loans by code only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import TextClause, select, text

from core import clock
from core.db import db, one
from core.money import Money
from finance.collections.provision_rules import rules
from finance.contracts import documents
from finance.contracts import queries as contracts
from finance.contracts.contract import Party
from finance.contracts.services import language_of_pages
from finance.funding import lenders, reports
from finance.funding.lenders import Part, Price
from finance.funding.models import Funder, Participation, ParticipationFlow, WaterfallStep

WRITTEN_OFF, PAID = "written off", "paid"
PAGE = 50

# days late, bucket and what is set aside are those of the lender's last night, for all lenders
_PARTS = """
    select p.id, p.code, p.product, p.grade, p.began_on, p.principal, p.open, p.lost, p.share_ppm,
           p.coupon_ppm, coalesce(s.days_late, 0) as days_late,
           case when p.open > 0 then coalesce(s.bucket, 0) when p.lost > 0 then -1 else -2 end
             as class,
           case when p.open > 0 then coalesce(s.stage, 1) end as stage,
           coalesce(s.allowance, 0) * p.share_ppm / 1000000 as allowance,
           (select sum(o.open) from participation o where o.ref = p.ref)::bigint as whole
      from participation p
      left join loan l on l.number = p.ref
      left join advance a on a.number = p.ref
      left join loan_standing s on s.book = case when l.id is null then 'sellers' else 'shoppers' end
                               and s.contract_id = coalesce(l.id, a.id)
     where p.funder_id = :bank
"""
_BY_CLASS = text(f"""
    select class, count(*), sum(whole)::bigint as whole, sum(open)::bigint as own,
           sum(lost)::bigint as lost, sum(allowance)::bigint as allowance
      from ({_PARTS}) x group by class
""")


def _page_of(by_class: str, by_code: str = "") -> TextClause:
    return text(f"""
        select *, count(*) over () as total from ({_PARTS}{by_code}) x {by_class}
         order by id desc limit :most offset :skip""")


_ALL, _OF_CLASS = _page_of(""), _page_of("where class = :class")
_ONE = _page_of("", " and p.code = :code")


@dataclass(frozen=True, slots=True)
class Class:
    """The loans of one class; minor units. whole: what they owe; own: the bank's part of it.

    lost   of the bank's part that was given up; allowance: its share of what is set aside
    """

    key: int
    name: str
    count: int
    whole: int
    own: int
    lost: int
    allowance: int


def names() -> dict[int, str]:
    """Every class by its key, from current to the latest, then written off and paid."""
    late = dict(enumerate(name for _, name in rules().buckets))
    return {**late, -1: WRITTEN_OFF, -2: PAID}


def by_class(bank: Funder) -> list[Class]:
    """The bank's portfolio, every class in its order, also the empty ones."""
    found = {row.pop("class"): row for row in _rows(_BY_CLASS, bank)}
    return [
        Class(key, name, *(found.get(key, {}).get(column, 0) for column in _COLUMNS))
        for key, name in names().items()
    ]


_COLUMNS = ("count", "whole", "own", "lost", "allowance")


def _rows(query: TextClause, bank: Funder, **more: Any) -> list[dict[str, Any]]:
    found = db.session.execute(query, {"bank": bank.id, **more}).mappings()
    return [dict(row) for row in found]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a bank's loans, the newest first, as rows of `_PARTS`."""

    rows: list[dict[str, Any]]
    total: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def participations(bank: Funder, page: int, of_class: int | None = None) -> Page:
    """A page of the bank's loans, all of them or of one class."""
    more: dict[str, Any] = {"most": PAGE, "skip": (page - 1) * PAGE}
    if of_class is None:
        rows = _rows(_ALL, bank, **more)
    else:
        rows = _rows(_OF_CLASS, bank, **more, **{"class": of_class})
    return Page(rows, rows[0]["total"] if rows else 0, page)


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan as a bank reads it: what is owed, why, and what it costs.

    facts       its row of the list; now: its class in words
    flows       what happened to the bank's part, with what was open after it
    expected    (day, principal, interest) of the bank's part to come, minor units
    contract    the agreement as it was accepted, without who borrows; its hash and day; None:
                it began before contracts were kept
    """

    part: Participation
    facts: dict[str, Any]
    now: str
    parts: list[Part]
    price: Price
    flows: list[tuple[ParticipationFlow, int]]
    expected: list[reports.Row]
    contract: dict[str, Any] | None

    def money(self, minor: int) -> Money:
        return self.part.money(minor)


def loan(bank: Funder, code: str) -> Loan:
    """One of the bank's own loans by the code it knows it by; raises NotFound."""
    query = select(Participation).where(
        Participation.code == code, Participation.funder_id == bank.id
    )
    part: Participation = one(query)
    (facts,) = _rows(_ONE, bank, code=code, most=1, skip=0)
    return Loan(
        part=part,
        facts=facts,
        now=names()[facts["class"]],
        parts=lenders.parts_of(part.ref),
        price=lenders.price_today(part.ref, part.apr_ppm),
        flows=_flows(part),
        expected=reports.expected_of(part) if part.open else [],
        contract=_contract(part),
    )


def _flows(part: Participation) -> list[tuple[ParticipationFlow, int]]:
    query = select(ParticipationFlow).where(ParticipationFlow.participation_id == part.id)
    left, found = 0, []
    for flow in db.session.scalars(query.order_by(ParticipationFlow.entry)):
        left += flow.drawn - flow.back - flow.lost
        found.append((flow, left))
    return found


def _contract(part: Participation) -> dict[str, Any] | None:
    """Banks read what was agreed, and never who agreed to it or what was bought where."""
    kept = contracts.find(part.ref)
    if kept is None:
        return None
    unnamed = replace(kept.contract, borrower=Party(0, part.code), purchases=())
    made = documents.document(unnamed, "full", language_of_pages())
    return made | {"foot": [f"{kept.hash}, {clock.day_of(kept.accepted_at).isoformat()}"]}


def places(bank: Funder) -> Sequence[WaterfallStep]:
    """The bank's places in the waterfalls as they stand."""
    query = select(WaterfallStep).where(
        WaterfallStep.funder_id == bank.id, WaterfallStep.ended_on.is_(None)
    )
    order = (WaterfallStep.product, WaterfallStep.currency)
    return db.session.scalars(query.order_by(*order)).all()


def this_month() -> tuple[date, date]:
    """From the first of this month to today, for a file's days."""
    today = clock.today()
    return today - timedelta(today.day - 1), today
