"""Both sides as movements: the gateway's own list, and what moved on `clearing` in our book."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from core.db import db
from payments.facts import BalanceLine
from payments.reconcile_rules import FAMILIES, Known, Movement
from payments.rules import FINAL

_OF_KIND = {
    "charge": "charge",
    "refund": "refund",
    "payout": "transfer",
    "reversal": "transfer_reversal",
    "platform": "payout",
}
_FEES = ("payment.fee", "payment.extra_fee", "dispute.fee")
_FAMILY_OF = {"dispute.opened": "dispute", "dispute.fee": "dispute"}
# each journal that moved a gateway's clearing account, with the operation or dispute behind it
_MOVED = """
    with moved as (
        select t.journal_id, t.currency, sum(case when d.path = :path then t.amount
               else -t.amount end) as amount
          from ledger_transfer t
          join ledger_account d on d.id = t.debit_account_id
          join ledger_account c on c.id = t.credit_account_id
          join ledger_journal j on j.id = t.journal_id
         where :path in (d.path, c.path) and t.state in ('posted', 'settled')
           and (j.event_at between :since and :until or j.idempotency_key = any(:keys))
         group by t.journal_id, t.currency
    )
    select m.amount, m.currency, j.idempotency_key as key, j.kind, j.event_at,
           j.reverses_id is not null as back, coalesce(o.id, f.op_id) as op_id, o.kind as op_kind,
           x.dispute_id, x.number
      from moved m
      join ledger_journal j on j.id = m.journal_id
      left join ledger_journal r on r.id = j.reverses_id
      left join gateway_op o on o.journal_key = case j.kind
           when 'payment.extra_fee' then regexp_replace(j.idempotency_key, '\\:fee$', '')
           else coalesce(r.idempotency_key, j.idempotency_key) end
           and o.journal_key <> '' and o.kind <> 'capture'
      left join payment f on j.kind = 'payment.fee'
           and j.idempotency_key = 'payment:' || f.id || '\\:fee'
      left join dispute x on j.kind like 'dispute.%' and x.number = j.ref and x.gateway = :gateway
     order by j.id
"""


@dataclass(frozen=True, slots=True)
class Days:
    """The days compared, and the wider ones in which the other half of a pair is looked for."""

    since: datetime
    until: datetime
    wide_since: datetime
    wide_until: datetime

    def inside(self, at: datetime) -> bool:
        return self.since <= at < self.until


def theirs(lines: Iterable[BalanceLine], gateway: str, days: Days) -> list[Movement]:
    """The gateway's list; a line that names no operation is found by its object."""
    rows = list(lines)
    by_object = _ops_by_object(gateway, {line.source_id for line in rows if line.source_id})
    return [
        Movement(
            subject=_subject(line, by_object),
            family=_family(line),
            amount=line.amount.minor,
            fee=line.fee.minor,
            currency=line.currency,
            name=line.id,
            at=line.at,
            inside=days.inside(line.at),
        )
        for line in rows
    ]


def _family(line: BalanceLine) -> str:
    if line.type == "adjustment":
        return "dispute" if line.amount.minor < 0 else "dispute_won"
    return FAMILIES.get(line.type, line.type)


def _subject(line: BalanceLine, by_object: dict[str, int]) -> str:
    if line.type == "adjustment":
        return f"dispute:{line.source_id}"
    op_id = line.op_id or by_object.get(line.source_id)
    return f"op:{op_id}" if op_id else f"object:{line.source_id or line.id}"


def _ops_by_object(gateway: str, objects: Collection[str]) -> dict[str, int]:
    query = text(
        "select object_id, id from gateway_op where gateway = :gateway and object_id = any(:objects)"
        " union all select p.charge_id, p.op_id from payment p"
        " where p.gateway = :gateway and p.charge_id = any(:objects)"
    )
    rows = db.session.execute(query, {"gateway": gateway, "objects": list(objects)})
    return {object_id: op_id for object_id, op_id in rows}


def ours(gateway: str, days: Days, subjects: Collection[str]) -> list[Movement]:
    """The book's side, with a charge's fee joined to its charge; named operations from any day."""
    values = {
        "path": f"1100:clearing:{gateway}",
        "gateway": gateway,
        "since": days.wide_since,
        "until": days.wide_until,
        "keys": _journals_of(subjects),
    }
    found: dict[tuple[str, str], Movement] = {}
    for row in db.session.execute(text(_MOVED), values):
        move = _movement(row, days)
        key = (move.subject, move.family)
        found[key] = _joined(found[key], move) if key in found else move
    return list(found.values())


def _movement(row: Any, days: Days) -> Movement:
    amount, is_fee = int(row.amount), row.kind in _FEES
    if row.dispute_id is not None:
        subject, family = f"dispute:{row.dispute_id}", _FAMILY_OF.get(row.kind, "dispute_won")
    elif row.op_id is not None:
        family = _OF_KIND[row.op_kind] if row.op_kind else "charge"
        subject, family = f"op:{row.op_id}", family + ("_failure" if row.back else "")
    else:
        subject, family = f"journal:{row.key}", row.kind
    return Movement(
        subject=subject,
        family=family,
        amount=0 if is_fee else amount,
        fee=-amount if is_fee else 0,
        currency=row.currency,
        name=row.key,
        at=row.event_at,
        inside=days.inside(row.event_at),
    )


def _joined(one: Movement, other: Movement) -> Movement:
    """A charge and its fee are one line at the gateway."""
    main = one if one.amount else other
    return Movement(
        main.subject,
        main.family,
        one.amount + other.amount,
        one.fee + other.fee,
        main.currency,
        main.name,
        main.at,
        main.inside,
    )


def _journals_of(subjects: Collection[str]) -> list[str]:
    """Journals of operations that the gateway names, whenever we wrote them."""
    op_ids = [int(name[3:]) for name in subjects if name.startswith("op:")]
    query = text(
        "select journal_key from gateway_op where id = any(:ids) and journal_key <> ''"
        " union all select 'payment:' || id || '\\:fee' from payment where op_id = any(:ids)"
        " union all select journal_key || '\\:fee' from gateway_op"
        " where id = any(:ids) and kind = 'charge' and journal_key like '%\\:extra\\:%'"
    )
    return list(db.session.scalars(query, {"ids": op_ids}))


def known(gateway: str, subjects: Collection[str]) -> dict[str, Known]:
    """What we know of the operations and disputes on either side."""
    op_ids = [int(name[3:]) for name in subjects if name.startswith("op:")]
    disputes = [name[8:] for name in subjects if name.startswith("dispute:")]
    ops = text(
        "select o.id, o.ref, o.state, p.fee_minor is not null or exists (select from"
        " ledger_journal j where j.idempotency_key = o.journal_key || '\\:fee')"
        " from gateway_op o left join payment p"
        " on p.op_id = o.id where o.gateway = :gateway and o.id = any(:ids)"
    )
    about = {
        f"op:{id}": Known(ref, state in FINAL, fee_told)
        for id, ref, state, fee_told in db.session.execute(ops, {"gateway": gateway, "ids": op_ids})
    }
    rows = db.session.execute(
        text(
            "select dispute_id, number from dispute where gateway = :gateway"
            " and dispute_id = any(:ids)"
        ),
        {"gateway": gateway, "ids": disputes},
    )
    return about | {f"dispute:{id}": Known(number, True) for id, number in rows}
