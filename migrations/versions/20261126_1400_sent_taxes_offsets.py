"""hold what was sent out of a charge and the tax in a refund, and let each offset of a debt have a row

What was sent out of a charge is the sum of its payouts, and never more than is left of it when it is sent. The tax in a refund is worked out by the database as by the mall (the units that
come back at their rates, the rest in proportion), once accepted it stays. Deployed while the previous release runs, `debt.offset` alone waits for the new one.
"""

import sqlalchemy as sa
from alembic import op

revision = "sent_taxes_offsets"
down_revision = "nights_of_lines"
branch_labels = None
depends_on = None

ADDS_UP = """
create or replace function payment_adds_up() returns trigger language plpgsql as $$
declare
  p payment;
begin
  select * into p from payment where id = new.id;
  if p.refunded_minor <> (select coalesce(sum(o.amount), 0) from gateway_op o
       where o.payment_id = p.id and o.kind = 'refund' and o.live)
{sent}     or (p.disputed_open_minor, p.disputed_lost_minor) <> (
       select coalesce(sum(d.counted) filter (where d.closed_at is null), 0),
              coalesce(sum(d.counted) filter (where d.closed_at is not null), 0)
       from dispute d where d.payment_id = p.id)
     or (p.captured_minor > 0) <> exists (select from gateway_op o where o.id = p.op_id
       and o.payment_id = p.id and o.kind = 'charge' and o.state = 'succeeded') then
    raise exception 'payment % does not add up with its operations', p.purpose
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
"""
SENT = """     or p.sent_minor <> (select coalesce(sum(o.amount), 0) from gateway_op o
       where o.payment_id = p.id and o.kind = 'payout' and o.state <> 'refused')
"""
# of the payment: nothing is sent at first, and only what is left of the charge
COUNTED = """
create function payment_sends_what_is_left() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.sent_minor <> 0 or tg_op = 'UPDATE' and new.sent_minor > old.sent_minor
       and new.captured_minor < new.sent_minor + new.refunded_minor + new.disputed_open_minor + new.disputed_lost_minor then
    raise exception 'payment % has less left than is to be sent out of it', new.purpose
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger payment_begins_unsent before insert on payment
  for each row when (new.sent_minor <> 0) execute function payment_sends_what_is_left();
create trigger payment_sends_what_is_left before update of sent_minor on payment
  for each row execute function payment_sends_what_is_left();
create function payout_op_is_counted() returns trigger language plpgsql as $$
begin
  if not exists (select from payment p where p.id = new.payment_id and p.currency = new.currency
       and p.charge_id = new.params->>'charge_id' and p.sent_minor = (
         select coalesce(sum(o.amount), 0) from gateway_op o
          where o.payment_id = p.id and o.kind = 'payout' and o.state <> 'refused')) then
    raise exception 'operation % (payout %) is not what is counted of its charge', new.id, new.ref
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger payout_op_is_counted after insert or update of state on gateway_op
  deferrable initially deferred for each row when (new.kind = 'payout' and new.payment_id is not null)
  execute function payout_op_is_counted();
"""
TAXES = """
create function refund_contains(r refund, until timestamptz) returns jsonb language plpgsql stable security definer as $$
begin
  return (with others as (
    select x.* from refund x
     where x.order_id = r.order_id and x.id <> r.id and x.state in ('accepted', 'settled', 'failed')
       and (until is null or (x.decided_at, x.id) < (until, r.id))),
  own as (
    select o.tax_name as name, o.tax_ppm as ppm, sum(o.tax) - coalesce((
             select sum((t->>'amount')::bigint)
               from others x cross join jsonb_array_elements(case jsonb_typeof(x.taxes) when 'array' then x.taxes else '[]' end) t
              where t->>'name' = o.tax_name and (t->>'ppm')::int = o.tax_ppm), 0) as remains
      from order_line o where o.order_id = r.order_id and o.tax_ppm > 0 group by 1, 2),
  goods as (
    select o.tax_name as name, o.tax_ppm as ppm, sum(o.price * (part->>'quantity')::bigint) as value
      from jsonb_array_elements(r.lines) part
      join order_line o on o.order_id = r.order_id and o.id = (part->>'line_id')::bigint group by 1, 2),
  sums as (
    select (select o.total from orders o where o.id = r.order_id) - coalesce((select sum(amount) from others), 0) as rest,
           coalesce((select sum(value) from goods), 0) as known),
  told as (  -- more units than money: the amount is of everything
    select s.rest, s.known <= r.amount as use, case when s.known <= r.amount then s.known else 0 end as known from sums s),
  each as (
    select w.name, w.ppm, w.remains, t.rest, t.known, least(w.remains, case when t.use then
             div(2 * coalesce(g.value, 0)::numeric * w.ppm + 1000000 + w.ppm, 2 * (1000000 + w.ppm)::numeric) else 0 end) as tax
      from own w cross join told t left join goods g on (g.name, g.ppm) = (w.name, w.ppm) where w.remains <> 0),
  parts as (
    select e.name, e.ppm, case when r.amount = e.rest then e.remains
             when e.rest <= e.known then null
             else e.tax + div(2 * (e.remains - e.tax)::numeric * (r.amount - e.known) + (e.rest - e.known), 2 * (e.rest - e.known)::numeric)
           end as amount from each e)
  select coalesce(jsonb_agg(jsonb_build_object('name', name, 'ppm', ppm, 'amount', amount) order by ppm desc, name)
                  filter (where amount is distinct from 0), '[]') from parts);
end $$;
create function refund_tax_is_pro_rata() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.taxes is not null and old.taxes is distinct from new.taxes
     or new.taxes is not null and (tg_op = 'INSERT' or old.taxes is null)
        and (new.state not in ('accepted', 'settled', 'failed') or new.taxes <> refund_contains(new, null)) then
    raise exception 'refund % does not contain this tax', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger refund_tax_is_pro_rata before insert or update of taxes on refund
  for each row execute function refund_tax_is_pro_rata();
create function refund_has_taxes() returns trigger language plpgsql as $$
begin
  if exists (select from refund r where r.id = new.id and r.taxes is null and r.state in ('accepted', 'settled', 'failed'))
     and (tg_op = 'INSERT' or old.state in ('opened', 'rejected')) then
    raise exception 'refund % does not say the tax in it', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger refund_has_taxes after insert or update of state on refund
  deferrable initially deferred for each row execute function refund_has_taxes();
"""
OFFSETS = """
insert into debt_offset (id, created_at, number, seller_id, amount, currency, owed, "on")
select j.id, j.created_at, split_part(j.idempotency_key, ':', 2), split_part(j.ref, ':', 2)::bigint, sum(t.amount), t.currency,
       max(t.credit_balance) + sum(t.amount), j.business_date
  from ledger_journal j join ledger_transfer t on t.journal_id = j.id
 where j.kind = 'debt.offset' and t.state = 'posted'
 group by j.id, t.currency;
create function debt_offset_adds_up() returns trigger language plpgsql as $$
begin
  if new.amount is distinct from (
       select sum(t.amount) from ledger_journal j join ledger_transfer t on t.journal_id = j.id
         join ledger_account c on c.id = t.credit_account_id
        where j.idempotency_key = 'offset:' || new.number and j.kind = 'debt.offset'
          and t.state = 'posted' and t.currency = new.currency
          and c.path = '1500:seller_receivable:' || new.seller_id
          and t.credit_balance = new.owed - new.amount) then
    raise exception 'offset % is not what the book moved', new.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger debt_offset_adds_up after insert on debt_offset
  deferrable initially deferred for each row execute function debt_offset_adds_up();
"""
TRIGGERS = {
    "payment_begins_unsent": "payment",
    "payment_sends_what_is_left": "payment",
    "payout_op_is_counted": "gateway_op",
    "refund_tax_is_pro_rata": "refund",
    "refund_has_taxes": "refund",
}
FUNCTIONS = (
    "payment_sends_what_is_left()",
    "payout_op_is_counted()",
    "refund_tax_is_pro_rata()",
    "refund_has_taxes()",
    "refund_contains(refund, timestamptz)",
)


def upgrade() -> None:
    op.create_table(
        "debt_offset",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("owed", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_offset")),
        sa.UniqueConstraint("number", name=op.f("uq_debt_offset_number")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["seller.id"], name=op.f("fk_debt_offset_seller_id_seller")
        ),
        sa.CheckConstraint(
            "amount between 1 and owed", name=op.f("ck_debt_offset_at_most_what_is_owed")
        ),
    )
    op.create_index(op.f("ix_debt_offset_seller_id"), "debt_offset", ["seller_id"])
    adds_up = ADDS_UP.format(sent=SENT)
    for statements in (adds_up, COUNTED, TAXES, OFFSETS):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
    op.execute(ADDS_UP.format(sent="").replace(":", "\\:"))
    op.drop_table("debt_offset")
    op.execute("drop function debt_offset_adds_up()")
