"""let states of payments, operations, disputes and refunds move by rank only, whoever writes

Deployed while the previous release still runs: these are rules that its code keeps already.
"""

from alembic import op

revision = "states_by_rank"
down_revision = "messages"
branch_labels = None
depends_on = None

# the same order as payments.rules.RANKS; a test holds them together
RANK = """
array_position(array['intended','sending','unknown','requires_action','processing',
  'requires_capture','refused','succeeded','failed'], {state}::text)"""

GATEWAY_OP = f"""
create function gateway_op_moves_by_rank() returns trigger language plpgsql as $$
declare
  here constant int := {RANK.format(state="old.state")};
  there constant int := {RANK.format(state="new.state")};
begin
  if (new.id, new.kind, new.gateway, new.slot, new.payment_id, new.ref, new.amount, new.currency,
      new.params, new.created_at) is distinct from (old.id, old.kind, old.gateway, old.slot,
      old.payment_id, old.ref, old.amount, old.currency, old.params, old.created_at) then
    raise exception 'operation % cannot become another', old.id
      using errcode = 'restrict_violation';
  end if;
  if there < here
     or new.kind = 'charge' and new.state = 'failed'
     or new.kind <> 'charge' and old.state = 'refused' and there <> here
     or new.state = 'failed' and old.state not in ('processing', 'succeeded', 'failed')
        and new.kind <> 'platform' then  -- of one that the gateway began we may hear the end first
    raise exception 'operation % is % and cannot become %', old.id, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  if new.attempts < old.attempts or new.live and not old.live
     or old.first_sent_at is not null and new.first_sent_at is distinct from old.first_sent_at
     or old.object_id is not null and new.object_id is distinct from old.object_id
     or old.journal_key <> '' and new.journal_key <> old.journal_key
     or new.reversed_minor <> old.reversed_minor and old.kind <> 'payout'
     or new.live and new.state in ('refused', 'failed')
     or not new.live and new.state not in ('refused', 'failed')
        and not (new.state = 'succeeded' and new.kind in ('charge', 'evidence')) then
    raise exception 'operation % has been there before', old.id
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger gateway_op_moves_by_rank before update on gateway_op
  for each row execute function gateway_op_moves_by_rank();
create function gateway_op_begins() returns trigger language plpgsql as $$
begin
  -- a payout that the gateway began by itself is known by its object from the start
  if new.state <> 'intended'
       and not (new.kind = 'platform' and new.state = 'sending' and new.object_id is not null)
     or new.state = 'intended' and (new.object_id is not null or new.first_sent_at is not null)
     or not new.live or new.attempts <> 0 or new.journal_key <> '' or new.reversed_minor <> 0
     or new.lease_until is not null or new.answered_at is not null then
    raise exception 'an operation begins before anything was sent'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger gateway_op_begins before insert on gateway_op
  for each row execute function gateway_op_begins();
"""

PAYMENT = f"""
create function payment_moves_by_rank() returns trigger language plpgsql as $$
declare
  here constant int := {RANK.format(state="old.state")};
  there constant int := {RANK.format(state="new.state")};
  taken constant boolean := old.captured_minor = 0 and new.captured_minor > 0;
  again constant boolean := old.captured_minor = 0 and new.op_id <> old.op_id
    and (old.op_id = 0 or old.state = 'refused') and new.state = 'intended';
begin
  if (new.id, new.purpose, new.payer_id, new.created_at)
     is distinct from (old.id, old.purpose, old.payer_id, old.created_at)
     or (new.gateway, new.currency, new.amount)
        is distinct from (old.gateway, old.currency, old.amount)
        and not (taken or old.captured_minor = 0 and old.state = 'refused') then
    raise exception 'payment % cannot become another', old.purpose
      using errcode = 'restrict_violation';
  end if;
  if new.op_id <> old.op_id and not (again or taken)
     or there < here and not again or new.state = 'failed'
     or taken and new.state <> 'succeeded' or new.captured_minor = 0 and new.state = 'succeeded' then
    raise exception 'payment % is % and cannot become %', old.purpose, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  if old.captured_minor > 0 and new.captured_minor <> old.captured_minor
     or new.authorized_minor < old.authorized_minor and not taken
        and not (new.authorized_minor = 0 and new.captured_minor = 0 and new.state = 'refused')
     or old.fee_minor is not null and new.fee_minor is distinct from old.fee_minor
     or old.paid_at is not null and new.paid_at is distinct from old.paid_at
     or old.captured_minor > 0 and old.charge_id is not null
        and new.charge_id is distinct from old.charge_id then
    raise exception 'payment % has counted this before', old.purpose
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger payment_moves_by_rank before update on payment
  for each row execute function payment_moves_by_rank();
create function payment_begins() returns trigger language plpgsql as $$
begin
  if new.state <> 'intended' or new.op_id <> 0 or new.charge_id is not null
     or new.fee_minor is not null or new.paid_at is not null
     or greatest(new.authorized_minor, new.captured_minor, new.refunded_minor,
                 new.disputed_lost_minor, new.disputed_open_minor) > 0 then
    raise exception 'a payment begins with nothing paid' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger payment_begins before insert on payment
  for each row execute function payment_begins();
"""

# like payments.disputes_rules.merged: a verdict stands, but what was lost may be won after all
DISPUTE = """
create function dispute_moves_by_rank() returns trigger language plpgsql as $$
declare
  open constant text[] := array['warning','needs_response','under_review'];
  here constant int := coalesce(array_position(open, old.state::text), 4);
  there constant int := coalesce(array_position(open, new.state::text), 4);
begin
  if (new.id, new.number, new.gateway, new.dispute_id, new.payment_id, new.currency)
     is distinct from (old.id, old.number, old.gateway, old.dispute_id, old.payment_id,
       old.currency)
     or there < here
     or here = 4 and new.state <> old.state and not (old.state = 'lost' and new.state = 'won')
     or old.withdrawn > 0 and (new.amount, new.counted) is distinct from (old.amount, old.counted)
        and old.closed_at is not null then
    raise exception 'dispute % is % and cannot become %', old.number, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger dispute_moves_by_rank before update on dispute
  for each row execute function dispute_moves_by_rank();
"""

# like mall.orders.rules.REFUND_MOVES; before the decision it may become less, afterwards it is fixed
REFUND = """
create function refund_moves_by_rule() returns trigger language plpgsql as $$
begin
  if new.state <> old.state and (old.state || ' ' || new.state) not in
     ('opened accepted', 'opened rejected', 'accepted settled', 'accepted failed',
      'settled failed', 'failed accepted') then
    raise exception 'refund % is % and cannot become %', old.number, old.state, new.state
      using errcode = 'restrict_violation';
  end if;
  if (new.id, new.number, new.order_id, new.seller_id, new.buyer_id, new.currency, new.key)
     is distinct from (old.id, old.number, old.order_id, old.seller_id, old.buyer_id,
       old.currency, old.key)
     or new.amount > old.amount
     or new.amount <> old.amount and old.decided_at is not null
     or new.lines <> old.lines and old.decided_at is not null
     or old.decided_at is not null and new.decided_at is null
     or old.settled_at is not null and new.state = old.state
        and new.settled_at is distinct from old.settled_at then
    raise exception 'refund % only becomes less, and only before it is decided', old.number
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger refund_moves_by_rule before update on refund
  for each row execute function refund_moves_by_rule();
"""

ON = {
    "gateway_op": ("gateway_op_moves_by_rank", "gateway_op_begins"),
    "payment": ("payment_moves_by_rank", "payment_begins"),
    "dispute": ("dispute_moves_by_rank",),
    "refund": ("refund_moves_by_rule",),
}


def upgrade() -> None:
    for statements in (GATEWAY_OP, PAYMENT, DISPUTE, REFUND):
        op.execute(statements)


def downgrade() -> None:
    for table, names in ON.items():
        for name in names:
            op.execute(f"drop trigger {name} on {table}")
            op.execute(f"drop function {name}()")
