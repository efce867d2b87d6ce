"""let no commit leave an advance other than its events, payments and parts make it

A payment on an advance names the journal it went into and what came beside it, so that the journal's split has a cause. What an advance says it was paid, lost and charged follows from its payments, its
events, its lines and rows, and from its rate and days. Stop the mall before it: the previous release does not name the journal.
"""

import sqlalchemy as sa
from alembic import op

revision = "advances_follow"
down_revision = "loans_follow"
branch_labels = None
depends_on = None

# interest is principal × rate × days in millionths, half up: as in finance.capital.fold.accrual
FOLLOW = """
create function advance_must_follow(p_id bigint) returns void language plpgsql security definer as $$
declare
  a advance;
  r record;
  e record;
  p record;
  w record;
  days bigint;
  flat bigint;
begin
  select * into a from advance where id = p_id;
  if a.terms = '{}' then return; end if;  -- agreed before events were kept
  select coalesce(sum(m.principal), 0) as principal, coalesce(sum(m.fee), 0) as fee,
         coalesce(sum(m.principal + m.fee) filter (where m.reason = 'share'), 0) as share,
         coalesce(sum(m.principal + m.fee) filter (where m.reason = 'order'), 0) as of_order,
         coalesce(sum(m.principal + m.fee) filter (where m.reason = 'refund'), 0) as refund,
         coalesce(sum(m.principal + m.fee) filter (where m.reason in ('due', 'ahead')), 0) as paid,
         coalesce(bool_or(m.reason = 'early'), false) as early, coalesce(bool_or(m.reason = 'canceled'), false) as canceled,
         coalesce(bool_or(m.seller_id <> a.seller_id), false) as strange
    into r from remittance m where m.advance_id = a.id;
  select coalesce(sum(v.amount) filter (where v.kind = 'sale'), 0) as share,
         coalesce(sum(v.amount) filter (where v.kind = 'released'), 0) as of_order,
         coalesce(sum(v.amount) filter (where v.kind = 'recourse'), 0) as refund,
         coalesce(sum(v.amount) filter (where v.kind = 'paid'), 0) as paid,
         coalesce(sum(v.amount) filter (where v.kind = 'recovered'), 0) as recovered,
         coalesce(sum(v.amount) filter (where v.kind = 'waived'), 0) as waived,
         coalesce(bool_or(v.kind in ('early', 'renewed')), false) as early,
         coalesce(bool_or(v.kind = 'canceled'), false) as canceled,
         coalesce(bool_or(v.kind = 'charged_off'), false) as lost
    into e from advance_event v where v.advance_id = a.id;
  select count(*) as n, coalesce(sum(x.principal - x.paid), 0) as open, coalesce(sum(x.interest), 0) as interest,
         coalesce(sum(x.interest_paid), 0) as interest_paid, coalesce(bool_or(x.closed_on is null), false) as running,
         coalesce(bool_or(x.interest <> (x.micro + 500000) / 1000000
           or x.micro > x.principal * a.rate_ppm::bigint * greatest(0, x.accrued_until - a.began_on)), false) as too_much
    into p from pledge x where x.advance_id = a.id;
  select count(*) as n, coalesce(sum(x.principal - x.principal_paid), 0) as open
    into w from advance_row x where x.advance_id = a.id;
  days := greatest(0, coalesce(a.accrued_until, a.began_on) - a.began_on);
  flat := case when a.product in ('sales_share', 'early_settlement') then a.fee else 0 end;
  if (r.principal, r.fee) <> (a.principal_paid, a.fee_paid - case a.product when 'early_settlement' then a.fee else 0 end)
     or r.share > e.share or r.of_order > e.of_order or r.refund > e.refund or r.paid > e.paid
     or r.early and not e.early or r.canceled and not e.canceled or r.strange then
    raise exception 'advance % is not what was paid on it', a.number using errcode = 'integrity_constraint_violation';
  end if;
  if p.n > 0 and a.state <> 'charged_off' and (p.open <> a.principal - a.principal_paid
       or a.product = 'order_advance' and p.interest - p.interest_paid <> a.fee_charged - a.fee_paid)
     or w.n > 0 and a.state in ('active', 'repaid') and w.open <> a.principal - a.principal_paid - a.principal_forgiven
     or (a.state <> 'active') <> (a.closed_on is not null) or a.state <> 'active' and p.running
     or a.state <> 'active' and (a.principal_paid + a.principal_forgiven, a.fee_paid + a.fee_forgiven) <> (a.principal, a.fee_charged) then
    raise exception 'advance % is not what its parts are', a.number using errcode = 'integrity_constraint_violation';
  end if;
  if a.fee_charged <> flat + (case a.product when 'term_loan' then (a.micro + 500000) / 1000000 else p.interest end) or p.too_much
     or a.product = 'term_loan' and not a.micro between
          (a.principal - a.principal_paid - a.principal_forgiven) * a.rate_ppm::bigint * days and a.principal * a.rate_ppm::bigint * days then
    raise exception 'advance % charges what its rate and days do not', a.number using errcode = 'integrity_constraint_violation';
  end if;
  if a.recovered <> e.recovered or (a.state = 'charged_off') <> e.lost
     or a.lost <> (select coalesce(sum(t.amount), 0) from ledger_journal j join ledger_transfer t on t.journal_id = j.id
                    where j.idempotency_key = 'advance:' || a.number || ':charged_off')
     or a.principal_forgiven + a.fee_forgiven > e.waived + a.lost + (case when a.product = 'sales_share' then a.fee
          when e.canceled then a.fee_charged else 0 end)
     or e.waived > (select coalesce(sum(g.amount), 0) from give_up g where g.advance_id = a.id and g.kind = 'waive'
                     and g.state = 'done' and g.decided_by <> g.proposed_by) then
    raise exception 'advance % lost or gave up what nobody decided', a.number using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function advance_follows() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'advance' then
    perform advance_must_follow(new.id);
  else
    perform advance_must_follow(new.advance_id);
  end if;
  return null;
end $$;
create constraint trigger advance_follows after insert or update of principal_paid, principal_forgiven, fee_charged, fee_paid,
    fee_forgiven, micro, accrued_until, state, closed_on, lost, recovered on advance
  deferrable initially deferred for each row execute function advance_follows();
create constraint trigger remittance_follows after insert on remittance
  deferrable initially deferred for each row execute function advance_follows();
create constraint trigger advance_event_follows after insert on advance_event
  deferrable initially deferred for each row execute function advance_follows();
create constraint trigger pledge_follows after insert or update on pledge
  deferrable initially deferred for each row execute function advance_follows();
create constraint trigger advance_row_follows after insert or update on advance_row
  deferrable initially deferred for each row execute function advance_follows();
"""
STATEMENTS = (FOLLOW,)
TRIGGERS = {
    "advance_follows": "advance",
    "remittance_follows": "remittance",
    "advance_event_follows": "advance_event",
    "pledge_follows": "pledge",
    "advance_row_follows": "advance_row",
}


def upgrade() -> None:
    amount = sa.Column("back", sa.BigInteger(), server_default="0", nullable=False)
    source = sa.Column("source", sa.String(8), server_default="balance", nullable=False)
    for column in (amount, source, sa.Column("entry", sa.Integer(), nullable=True)):
        op.add_column("remittance", column)
    for name, rule in (
        ("back_is_positive", "back >= 0 or reason = 'corrected'"),
        ("source_is_known", "source in ('balance','wallet','card')"),
    ):
        op.create_check_constraint(op.f(f"ck_remittance_{name}"), "remittance", rule)
    for column in ("back", "source"):
        op.alter_column("remittance", column, server_default=None)
    for statements in STATEMENTS:
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    op.execute("drop function advance_follows()")
    op.execute("drop function advance_must_follow(bigint)")
    for column in ("entry", "source", "back"):
        op.drop_column("remittance", column)
