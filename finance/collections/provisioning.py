"""How late every loan is and what is expected to be lost on it, set by set; the book gets the change.

`loan_standing` has one row a running loan or advance: days late, bucket, stage, exposure, and its
part of `loss_allowance:BOOK`, which is the sum of these parts. The application may not write them: a
function of the owner's, which is made from what stands here, writes each chunk.
"""

import json
from collections.abc import Callable, Mapping
from datetime import date

from sqlalchemy import Select, select, text

from core import owned
from core.db import db
from core.money import Money
from finance.capital.models import ACTIVE, Advance
from finance.collections import bookkeeping, chunks
from finance.collections.chunks import Done, Part, Step
from finance.collections.provision_rules import rules
from finance.loans.models import Loan
from ledger import book

SHOPPERS, SELLERS = "shoppers", "sellers"
SIZE = 20_000
# the borrower's latest decision says more than twice the first PD, and a point more at the least
_WORSE = """
    coalesce((select n.pd_ppm >= 2 * d.pd_ppm and n.pd_ppm >= d.pd_ppm + POINT
                from decision n where n.subject = '{subject}' and n.subject_id = {of}
               order by n.id desc limit 1), false) as worse"""
_LOANS = f"""
    select l.id, l.currency, l.product, d.grade, {_WORSE.format(subject="buyer", of="l.borrower_id")},
           coalesce(sum(i.principal - i.principal_paid + i.late_fee - i.late_fee_paid
             + case when i.accrued_on is null then 0 else i.fee - i.fee_paid end), 0)::bigint
             as exposure,
           min(i.due_on) filter (where l.starts_on is not null and i.due_on < $1
             and i.principal + i.fee + i.late_fee - i.principal_paid - i.fee_paid
                 - i.late_fee_paid - i.paused > 0) as oldest
      from loan l join decision d on d.id = l.decision_id join installment i on i.loan_id = l.id
     where l.state = 'active' and l.id > $2 and l.id <= $3
       and i.loan_id > $2 and i.loan_id <= $3
     group by l.id, d.id
"""
# a flat fee that is not earned yet is no loss: of S3 and S4 only the principal counts
_ADVANCES = f"""
    select a.id, a.currency, a.product, a.grade, {_WORSE.format(subject="seller", of="a.seller_id")},
           a.principal - a.principal_paid - a.principal_forgiven
             + case when a.rate_ppm > 0 then a.fee_charged - a.fee_paid - a.fee_forgiven
                    else 0 end as exposure,
           case when a.late_since < $1 then a.late_since end as oldest
      from advance a join decision d on d.id = a.decision_id
     where a.state = 'active' and a.id > $2 and a.id <= $3
"""


def _aged(source: str) -> str:
    set_ = rules()
    edges = ",".join(str(upto) for upto, _ in set_.buckets if upto is not None)
    return f"""
        with rate as (
          select * from jsonb_to_recordset($rates${json.dumps(set_.rates())}$rates$::jsonb)
            as r (product text, stage int, grade text, ppm bigint)),
        aged as (
          select x.*, coalesce($1 - x.oldest, 0) as days
            from ({source.replace("POINT", str(set_.pd_rise_ppm))}) x),
        staged as (
          select a.*, case when a.days >= {set_.stage_3_from} then 3
                           when a.days >= {set_.stage_2_from} or a.worse then 2 else 1 end
                        as stage,
                 (select count(*) from unnest(array[{edges}]::int[]) e where a.days > e)::int
                        as bucket
            from aged a),
        wanted as (
          select s.*, coalesce(r.ppm, o.ppm) as ppm,
                 (s.exposure * coalesce(r.ppm, o.ppm) + 500000) / 1000000 as allowance
            from staged s
            join rate o on o.product = '*' and o.stage = s.stage and o.grade = s.grade
            left join rate r on r.product = s.product and r.stage = s.stage and r.grade = s.grade)
    """


def _statement(source: str, of: str, table: str) -> str:
    """Bring the rows of a range to what they must be; gives the change by currency.

    $1 is the day, ids are above $2 up to $3. Tables are joined by their names, never the parts of
    this statement with each other: of those the planner knows no size.
    """
    return f"""{_aged(source)},
        beside as (
          select w.*, o.allowance as before,
                 (o.days_late, o.bucket, o.exposure, o.rate_ppm, o.allowance)
                   is distinct from (w.days, w.bucket, w.exposure, w.ppm, w.allowance) as differs
            from wanted w
            left join loan_standing o on o.book = '{of}' and o.contract_id = w.id),
        written as (
          insert into loan_standing as t (book, contract_id, "on", currency, days_late, bucket,
                                          stage, exposure, rate_ppm, allowance)
          select '{of}', id, $1, currency, days, bucket, stage, exposure, ppm, allowance
            from beside where before is null or differs
          on conflict (book, contract_id) do update set
            "on" = excluded."on", days_late = excluded.days_late, bucket = excluded.bucket,
            stage = excluded.stage, exposure = excluded.exposure, rate_ppm = excluded.rate_ppm,
            allowance = excluded.allowance),
        gone as (
          delete from loan_standing t
           where t.book = '{of}' and t.contract_id > $2 and t.contract_id <= $3
             and not exists (select 1 from {table} c
                              where c.id = t.contract_id and c.state = 'active')
          returning currency, allowance)
        select coalesce(jsonb_object_agg(currency, minor), '{{}}') from (
          select currency, sum(change)::bigint as minor from (
            select currency, allowance - coalesce(before, 0) as change from beside
            union all select currency, -allowance from gone) x
           group by currency having sum(change) <> 0) z"""


def _body() -> str:
    """Of `day_provide`: the chunk's standings, and the chunk with what is to be booked for it."""
    plans, advances = (step.name for step in STEPS)
    shoppers, sellers = (
        _statement(_LOANS, SHOPPERS, "loan"),
        _statement(_ADVANCES, SELLERS, "advance"),
    )
    return f"""
declare
  step text := case p_book when '{SHOPPERS}' then '{plans}' when '{SELLERS}' then '{advances}' end;
  after bigint := day_chunk_begins(step, p_day, p_last);
  booked jsonb;
begin
  if p_book = '{SHOPPERS}' then
    execute $of${shoppers}$of$ into booked using p_day, after, p_last;
  else
    execute $of${sellers}$of$ into booked using p_day, after, p_last;
  end if;
  perform day_chunk_ends(p_id, p_at, step, p_day, after, p_last, p_done, booked);
  return booked;
end """


_ARGUMENTS = "p_book text, p_id bigint, p_at timestamptz, p_day date, p_last bigint, p_done int"
_PROVIDE = text("select day_provide(:book, :id, :at, :day, :last, :done)")
_TAKE = text("""
    select x.id, standing_take(:book, x.id, x.most)
      from unnest(cast(:ids as bigint[]), cast(:mosts as bigint[])) as x (id, most) order by x.id
""")
owned.function("day_provide", _ARGUMENTS, "jsonb", _body)


def _step(name: str, of: str, pick: Callable[[date], Select[int]]) -> Step:
    def act(part: Part) -> Done:
        booked = chunks.by_owner(_PROVIDE, part, book=of)
        for currency, minor in booked.items():
            book.post(bookkeeping.provisioned(of, Money(minor, currency), part.day, part.last))
        return Done(len(part.ids), booked=booked, is_written=True)

    return Step(name, pick, act, SIZE, closes=True)


def _loans(day: date) -> Select[int]:
    return select(Loan.id).where(Loan.state == ACTIVE)


def _advances(day: date) -> Select[int]:
    return select(Advance.id).where(Advance.state == ACTIVE)


STEPS = (
    _step("provisions of plans", SHOPPERS, _loans),
    _step("provisions of advances", SELLERS, _advances),
)


def take(of: str, contract_id: int, most: int) -> int:
    """Use up what was set aside for a loan that leaves the book now, at most so much; minor units.

    The rest of its part is released by the next run.
    """
    return take_all(of, {contract_id: most})[contract_id]


def take_all(of: str, mosts: Mapping[int, int]) -> dict[int, int]:
    """The same of many loans, by their ids."""
    if not mosts:
        return {}
    chunks.hold(STEPS[0 if of == SHOPPERS else 1].name)
    values = {"book": of, "ids": list(mosts), "mosts": list(mosts.values())}
    return {id: int(used) for id, used in db.session.execute(_TAKE, values)}
