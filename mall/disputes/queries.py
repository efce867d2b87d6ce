"""Disputes as sellers and admins see them; rows only through their owner."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select

from core.db import db, one
from core.money import Money, total
from ledger import book
from ledger.accounts import account
from ledger.book import JournalView
from mall.disputes import documents, evidence, rules
from mall.disputes.handling import proof_of
from mall.disputes.models import DisputeCase, DisputeDocument, DisputeShare
from mall.orders.models import Order
from mall.sellers.models import Seller
from payments import disputes
from payments import services as payments
from payments.disputes_values import DisputeView
from payments.values import OpView

PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class DisputeRow:
    """A row of a list: the dispute, its case, and the orders of whoever looks."""

    told: DisputeView
    case: DisputeCase
    orders: tuple[str, ...]
    amount: Money


@dataclass(frozen=True, slots=True)
class DisputesPage:
    """One page: those open by deadline, or those decided newest first."""

    rows: list[DisputeRow]
    open: int
    decided: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class ShareView:
    """One order's part: who would bear it if it were lost now, and the proof there is."""

    share: DisputeShare
    order: Order
    seller_name: str
    bearer: rules.Bearer
    arrived: bool

    @property
    def frozen(self) -> Money:
        return Money(self.share.frozen, self.share.currency)


@dataclass(frozen=True, slots=True)
class DisputeFile:
    """Everything about one dispute that its reader may see."""

    told: DisputeView
    case: DisputeCase
    shares: list[ShareView]
    fields: list[tuple[str, str]]
    op: OpView | None
    journals: list[JournalView]
    documents: Sequence[DisputeDocument]

    @property
    def can_answer(self) -> bool:
        return self.case.state == "open" and self.told.takes_evidence


def page_of_seller(seller_id: int, view: str, page: int) -> DisputesPage:
    """The seller's disputes; amounts are of this seller's orders."""
    mine = exists().where(
        DisputeShare.case_id == DisputeCase.id, DisputeShare.seller_id == seller_id
    )
    return _page([mine], view, page, seller_id)


def page_of_all(view: str, page: int) -> DisputesPage:
    """Every dispute of the mall's checkouts."""
    return _page([], view, page, None)


def _page(
    tests: list[ColumnElement[bool]], view: str, page: int, seller_id: int | None
) -> DisputesPage:
    closed = DisputeCase.state == "closed"
    counting = select(func.count().filter(~closed), func.count().filter(closed)).where(*tests)
    waiting, decided = db.session.execute(counting).one()
    pages = max(1, -(-(waiting if view == "open" else decided) // PER_PAGE))
    page = min(max(1, page), pages)
    order = DisputeCase.due_by.nulls_last() if view == "open" else DisputeCase.id.desc()
    query = select(DisputeCase).where(*tests, ~closed if view == "open" else closed)
    found = db.session.scalars(
        query.order_by(order, DisputeCase.id).limit(PER_PAGE).offset((page - 1) * PER_PAGE)
    ).all()
    return DisputesPage(_rows(found, seller_id), waiting, decided, page, pages)


def _rows(cases: Sequence[DisputeCase], seller_id: int | None) -> list[DisputeRow]:
    told = disputes.views(case.number for case in cases)
    rows = []
    for case in cases:
        mine = [s for s in case.shares if seller_id in (None, s.seller_id) and s.amount]
        currency = told[case.number].amount.currency
        rows.append(
            DisputeRow(
                told[case.number],
                case,
                tuple(share.order_number for share in mine),
                total((share.money for share in mine), currency),
            )
        )
    return rows


def of_seller(number: str, seller_id: int) -> DisputeFile:
    """The seller's part of a dispute; raises NotFound for a stranger's."""
    case: DisputeCase = one(
        select(DisputeCase).where(
            DisputeCase.number == number,
            exists().where(
                DisputeShare.case_id == DisputeCase.id, DisputeShare.seller_id == seller_id
            ),
        )
    )
    return _file(case, seller_id)


def of_mall(number: str) -> DisputeFile:
    """A dispute with all its orders; raises NotFound."""
    return _file(one(select(DisputeCase).where(DisputeCase.number == number)), None)


def _file(case: DisputeCase, seller_id: int | None) -> DisputeFile:
    told = disputes.view(case.number)
    shares = [s for s in case.shares if seller_id in (None, s.seller_id) and s.amount]
    sent = case.fields if seller_id is None else None
    fields = sent or evidence.fields_of(case, seller_id)
    return DisputeFile(
        told=told,
        case=case,
        shares=[_share(share, told.reason) for share in shares],
        fields=[
            (evidence.TITLES[name], fields[name]) for name in evidence.TITLES if name in fields
        ],
        op=payments.op_view(case.op_id) if case.op_id else None,
        journals=_journals(case) if seller_id is None else [],
        documents=documents.listed(case.number, seller_id),
    )


def _journals(case: DisputeCase) -> list[JournalView]:
    """The dispute's own, and those of its orders that filled what the bank took."""
    funds = account("disputed_funds", case.number).path
    found = book.journals_of(case.number, *(share.order_number for share in case.shares))
    return [
        journal
        for journal in found
        if journal.ref == case.number or any(line.credit == funds for line in journal.lines)
    ]


def _share(share: DisputeShare, reason: str) -> ShareView:
    order = db.session.get_one(Order, share.order_id)
    seller = db.session.get_one(Seller, share.seller_id)
    proof = proof_of(order)
    bearer = rules.bearer_of(reason, proof)
    if share.borne_by:
        bearer = rules.Bearer(share.borne_by, share.why)
    return ShareView(share, order, seller.name, bearer, proof.arrived)


def open_counts(seller_id: int | None = None) -> int:
    """How many disputes wait for an answer."""
    query = select(func.count()).where(DisputeCase.state == "open")
    if seller_id is not None:
        query = query.where(
            exists().where(
                DisputeShare.case_id == DisputeCase.id, DisputeShare.seller_id == seller_id
            )
        )
    return db.session.scalar(query) or 0


def of_order(order_number: str) -> list[tuple[DisputeView, DisputeShare]]:
    """The disputes that touch an order, the oldest first."""
    query = (
        select(DisputeCase, DisputeShare)
        .join(DisputeShare, DisputeShare.case_id == DisputeCase.id)
        .where(DisputeShare.order_number == order_number, DisputeShare.amount > 0)
        .order_by(DisputeCase.id)
    )
    rows = db.session.execute(query).all()
    told = disputes.views(case.number for case, _ in rows)
    return [(told[case.number], share) for case, share in rows]
