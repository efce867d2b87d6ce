"""let no commit leave a payment, an operation, a dispute or an order that the book contradicts

Checked when a transaction ends (deferred), since its rows and its journals are written one by one. The
same sums as in the audit, each of one row, so that they cost a few look-ups by key. Deployed while the previous release still runs: rules that its code keeps already.
"""

from alembic import op

revision = "sums_at_commit"
down_revision = "capital_care"
branch_labels = None
depends_on = None

PAYMENT = """
create function payment_adds_up() returns trigger language plpgsql as $$
declare
  p payment;
begin
  select * into p from payment where id = new.id;
  if p.refunded_minor <> (select coalesce(sum(o.amount), 0) from gateway_op o
       where o.payment_id = p.id and o.kind = 'refund' and o.live)
     or (p.disputed_open_minor, p.disputed_lost_minor) <> (
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
create constraint trigger payment_adds_up after insert or update on payment
  deferrable initially deferred for each row execute function payment_adds_up();
"""

GATEWAY_OP = """
create function gateway_op_adds_up() returns trigger language plpgsql as $$
declare
  o gateway_op;
  wanted text;
begin
  select * into o from gateway_op where id = new.id;
  wanted := case o.kind
    when 'charge' then 'payment:' || o.payment_id
      || case when o.id = (select op_id from payment where id = o.payment_id) then ':paid'
              else ':extra:' || o.id end
    when 'capture' then (select c.journal_key from gateway_op c, payment p
                          where p.id = o.payment_id and c.id = p.op_id)
    when 'refund' then 'refund:' || o.ref || ':' || o.id || ':settled'
    when 'payout' then 'payout:' || o.ref || ':' || o.id || ':paid'
    when 'reversal' then 'payout:' || o.ref || ':' || o.id || ':pulled_back'
    when 'platform' then 'platform:' || o.ref || ':' || o.id || ':sent'
  end;
  if o.state = 'succeeded' and o.kind not in ('cancel', 'evidence')
       and coalesce(o.params->>'account', '') = '' and o.journal_key is distinct from wanted
     or o.journal_key <> '' and (o.journal_key is distinct from wanted
       or o.state not in ('succeeded', 'failed')
          and not (o.kind = 'platform' and o.state = 'processing')
       or not exists (select from ledger_journal j where j.idempotency_key = o.journal_key)) then
    raise exception 'operation % (% %) is % without its journal', o.id, o.kind, o.ref, o.state
      using errcode = 'integrity_constraint_violation';
  end if;
  if o.kind = 'refund' and not exists (select from payment p where p.id = o.payment_id
       and p.refunded_minor = (select coalesce(sum(r.amount), 0) from gateway_op r
         where r.payment_id = p.id and r.kind = 'refund' and r.live))
     or o.kind in ('payout', 'reversal') and exists (select from gateway_op p
       where p.kind = 'payout' and p.ref = o.ref and p.live
         and p.reversed_minor <> (select coalesce(sum(r.amount), 0) from gateway_op r
           where r.kind = 'reversal' and r.ref = p.ref and r.live)) then
    raise exception 'operation % (% %) is not what is counted of it', o.id, o.kind, o.ref
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger gateway_op_adds_up
  after insert or update of state, live, journal_key, reversed_minor on gateway_op
  deferrable initially deferred for each row execute function gateway_op_adds_up();
"""

DISPUTE = """
create function dispute_adds_up() returns trigger language plpgsql as $$
declare
  d dispute;
begin
  select * into d from dispute where id = new.id;
  if d.withdrawn - d.reinstated - d.lost <> coalesce((
       select a.debits_posted - a.credits_posted from ledger_account a
        where a.path = '1510:disputed_funds:' || d.number and a.currency = d.currency), 0)
     or not exists (select from payment p where p.id = d.payment_id
       and (p.disputed_open_minor, p.disputed_lost_minor) = (
         select coalesce(sum(x.counted) filter (where x.closed_at is null), 0),
                coalesce(sum(x.counted) filter (where x.closed_at is not null), 0)
         from dispute x where x.payment_id = p.id)) then
    raise exception 'dispute % does not add up with the book', d.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger dispute_adds_up after insert or update on dispute
  deferrable initially deferred for each row execute function dispute_adds_up();
"""

ORDERS = """
create function order_adds_up() returns trigger language plpgsql as $$
declare
  o orders;
  came bigint;
  went bigint;
begin
  select * into o from orders where id = new.id;
  select coalesce(sum(a.credits_posted), 0), coalesce(sum(a.debits_posted), 0) into came, went
    from ledger_account a where a.path = '2100:escrow:' || o.number and a.currency = o.currency;
  if came <> (case when o.paid_at is null then 0 else o.total end)
     or came - went <> (case when o.paid_at is null or o.state in ('received', 'canceled') then 0
                             else o.total - o.refunded end)
     or o.refunded <> (select coalesce(sum(r.amount), 0) from refund r where r.order_id = o.id
                       and r.state in ('accepted', 'settled', 'failed')) then
    raise exception 'order % does not add up with its escrow', o.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger order_adds_up
  after insert or update of state, refunded, paid_at on orders
  deferrable initially deferred for each row execute function order_adds_up();
create function refund_adds_up() returns trigger language plpgsql as $$
begin
  if not exists (select from orders o where o.id = new.order_id
       and o.refunded = (select coalesce(sum(r.amount), 0) from refund r where r.order_id = o.id
                         and r.state in ('accepted', 'settled', 'failed'))) then
    raise exception 'refund % is not what its order counts', new.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger refund_adds_up after insert or update of state, amount on refund
  deferrable initially deferred for each row execute function refund_adds_up();
"""

ON = {
    "payment": ("payment_adds_up",),
    "gateway_op": ("gateway_op_adds_up",),
    "dispute": ("dispute_adds_up",),
    "orders": ("order_adds_up",),
    "refund": ("refund_adds_up",),
}


def upgrade() -> None:
    for statements in (PAYMENT, GATEWAY_OP, DISPUTE, ORDERS):
        op.execute(statements.replace(":", "\\:"))  # a journal's key is no parameter


def downgrade() -> None:
    for table, names in ON.items():
        for name in names:
            op.execute(f"drop trigger {name} on {table}")
            op.execute(f"drop function {name}()")
