"""Admins see every line: its limit, what is drawn, how late it is, and one with all that happened."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, request
from sqlalchemy import func, select, text

from core import clock, guards
from core.db import db, one
from finance.credit_line import limits, queries
from finance.credit_line.models import CreditLine
from mall import facts

bp = Blueprint("lines", __name__, url_prefix="/admin/lending/lines")
guards.require(bp, "admin")
PAGE = 50

_LINES = text("""
    select c.id, c.number, c.person_id, c.currency, c.credit_limit, c.own_ceiling, c.offered_limit,
           c.autopay, c.state, c.opened_on, c.next_closing_on, coalesce(o.used, 0) as used,
           coalesce(:today - o.oldest, 0) as days_late, d.grade
      from credit_line c
      join decision d on d.id = c.decision_id
      left join lateral (
        select sum(i.principal - i.principal_paid)::bigint as used,
               min(i.due_on) filter (where i.due_on < :today and i.principal + i.fee + i.late_fee
                 - i.principal_paid - i.fee_paid - i.late_fee_paid - i.paused > 0) as oldest
          from line_draw x join loan l on l.id = x.loan_id and l.state = 'active'
          join installment i on i.loan_id = l.id
         where x.line_id = c.id) o on true
     order by c.id desc limit :most offset :skip
""")


@dataclass(frozen=True, slots=True)
class Sums:
    """All open lines together; minor units."""

    count: int
    limit: int


@bp.get("")
def index() -> str:
    page = _page()
    values = {"today": clock.today(), "most": PAGE, "skip": (page - 1) * PAGE}
    rows = [dict(row) for row in db.session.execute(_LINES, values).mappings()]
    total = db.session.scalar(select(func.count(CreditLine.id))) or 0
    return render_template(
        "finance/credit_line/lines.html",
        rows=rows,
        names=facts.person_names({row["person_id"] for row in rows}),
        sums=_sums(),
        currency=current_app.config["MALL_CURRENCY"],
        page=page,
        pages=max(1, -(-total // PAGE)),
    )


def _page() -> int:
    said = request.args.get("page", "1")
    return min(100_000, max(1, int(said))) if said.isdecimal() and len(said) < 8 else 1


def _sums() -> Sums:
    query = select(func.count(CreditLine.id), func.coalesce(func.sum(CreditLine.credit_limit), 0))
    count, limit = db.session.execute(query.where(CreditLine.state == "open")).one()
    return Sums(count, int(limit))


@bp.get("/<number>")
def show(number: str) -> Any:
    line: CreditLine = one(select(CreditLine).where(CreditLine.number == number))
    return render_template(
        "finance/credit_line/line_office.html",
        line=line,
        name=facts.person_names([line.person_id]).get(line.person_id, ""),
        used=queries.used(line),
        days_late=queries.days_late(line, clock.today()),
        loans=queries.loans_of(line),
        statements=queries.statements(line),
        events=queries.events_of(line),
        contract=limits.contract_number(line, limits.raised(line)),
    )
