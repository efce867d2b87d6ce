"""hold columns that raw SQL could change alone: what is disputed, returned, in suspense, and live

Found by changing every column that the application may write by itself (`tests/ledger/test_every_column.py`). Asked at commit by a few keys, of rows that are rarely written. Deployed while the
previous release runs: rules that its code keeps already.
"""

from alembic import op

revision = "columns_stay"
down_revision = "accounts_by_place"
branch_labels = None
depends_on = None

DISPUTED = """
create function disputed_adds_up() returns trigger language plpgsql as $$
declare
  the_order bigint := (to_jsonb(new)->>(case tg_table_name when 'orders' then 'id' else 'order_id' end))::bigint;
begin
  if exists (
       select from orders o where o.id = the_order and (
         o.disputed <> (select coalesce(sum(s.amount), 0) from dispute_share s where s.order_id = o.id and s.state = 'open')
         or o.mall_bore > (select coalesce(sum(s.amount), 0) from dispute_share s
                            where s.order_id = o.id and s.state = 'lost' and s.borne_by = 'mall')
         or o.disputed + o.mall_bore <> (select coalesce(sum(c.disputed), 0) from checkout_share c where c.order_id = o.id))) then
    raise exception 'what is disputed of order % does not add up', the_order using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger order_disputed_adds_up after update of disputed, mall_bore on orders
  deferrable initially deferred for each row execute function disputed_adds_up();
create constraint trigger dispute_share_is_counted after insert or update of amount, state, borne_by on dispute_share
  deferrable initially deferred for each row execute function disputed_adds_up();
create constraint trigger checkout_share_disputed_adds_up after update of disputed on checkout_share
  deferrable initially deferred for each row execute function disputed_adds_up();
create function dispute_fee_adds_up() returns trigger language plpgsql as $$
begin
  if exists (select from dispute d where d.id = new.id and d.fee <> (
       select coalesce(sum(t.amount), 0) from ledger_journal j join ledger_transfer t on t.journal_id = j.id
        where j.ref = d.number and j.kind = 'dispute.fee' and t.state = 'posted')) then
    raise exception 'the fee of dispute % is not what the book paid', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger dispute_fee_adds_up after insert or update of fee on dispute
  deferrable initially deferred for each row execute function dispute_fee_adds_up();
"""
ENDS = """
create function dispute_ends() returns trigger language plpgsql as $$
begin
  if exists (select from dispute d where d.id = new.id and (
       d.closed_at is not null and d.state not in ('won', 'lost', 'closed_warning')
       or d.closed_at is not null and d.state = 'lost' and d.lost = 0
       or d.state = 'closed_warning' and d.withdrawn > d.reinstated)) then
    raise exception 'dispute % has not ended so', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger dispute_ends after insert or update of state, closed_at, lost, reinstated on dispute
  deferrable initially deferred for each row execute function dispute_ends();
create function top_up_adds_up() returns trigger language plpgsql as $$
begin
  if exists (select from wallet_top_up t where t.id = new.id and not exists (
       select from payment p where p.id = t.payment_id and p.purpose = 'wallet:' || t.number
         and (t.state = 'paid') = (p.captured_minor > 0) and (t.state <> 'paid' or p.captured_minor = t.amount))) then
    raise exception 'top-up % is not what was paid', new.number using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger wallet_top_up_adds_up after insert or update of state on wallet_top_up
  deferrable initially deferred for each row execute function top_up_adds_up();
"""
RETURNED = """
create function returned_adds_up() returns trigger language plpgsql as $$
declare
  wrong bigint;
begin
  select l.id into wrong from order_line l
   where l.order_id = new.order_id and l.returned <> (
     select coalesce(sum((part->>'quantity')::int), 0)
       from refund r cross join jsonb_array_elements(r.lines) part
      where r.order_id = l.order_id and r.state in ('accepted', 'settled', 'failed') and (part->>'line_id')::bigint = l.id)
   limit 1;
  if found then
    raise exception 'units returned of line % are not those of its refunds', wrong using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger order_line_returned_adds_up after update of returned on order_line
  deferrable initially deferred for each row execute function returned_adds_up();
create constraint trigger refund_returned_adds_up after insert or update of state on refund
  deferrable initially deferred for each row execute function returned_adds_up();
"""
SUSPENSE = """
create function suspense_has_case() returns trigger language plpgsql as $$
declare
  l bank_line;
  open boolean;
begin
  if tg_table_name = 'payment_case' then
    select * into l from bank_line where id = split_part(to_jsonb(new)->>'key', ':', 2)::bigint;
  else
    select * into l from bank_line
     where id = (to_jsonb(new)->>(case tg_table_name when 'bank_line' then 'id' else 'line_id' end))::bigint;
  end if;
  if l.id is null then
    return null;
  end if;
  open := exists (select from payment_case c where c.key = 'bank:' || l.id and c.state = 'open'
                   and (c.amount, c.currency) = (l.amount, l.currency));
  if (l.state = 'new') <> (l.journal_key is null)
     or (l.state = 'suspended') <> open or l.state <> 'matched' and l.cleared is not null
     or l.state <> 'new' and (l.state = 'suspended' or l.cleared is not null) <> exists (
          select from ledger_journal j join ledger_transfer t on t.journal_id = j.id
            join ledger_account a on a.id in (t.debit_account_id, t.credit_account_id) and a.path = '1900:suspense'
           where j.idempotency_key = l.journal_key)
     or l.cleared <> 'cancel_out' and not exists (select from ledger_journal j
          where j.idempotency_key = 'bank:' || l.id || ':' || l.cleared and j.kind = 'suspense.cleared')
     or l.cleared = 'cancel_out' and 0 <> (select sum(x.amount) from bank_line x
          where x.cleared = 'cancel_out' and x.currency = l.currency)
     or l.rest <> 0 and not exists (select from ledger_journal j join ledger_transfer t on t.journal_id = j.id
          where j.idempotency_key = 'bank:' || l.id || ':rest' and t.amount = l.rest)
     or exists (select from bank_rest r left join payment_case c on c.key = 'bank:' || r.line_id || ':kept'
          where r.line_id = l.id and (c.id is null or (r.cleared is null) <> (c.state = 'open')
                or (c.amount, c.currency) <> (r.amount, r.currency))) then
    raise exception 'line % is not where the book and its case say', l.id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger bank_line_has_case after insert or update of state, cleared, rest, journal_key on bank_line
  deferrable initially deferred for each row execute function suspense_has_case();
create constraint trigger bank_rest_has_case after insert or update of cleared on bank_rest
  deferrable initially deferred for each row execute function suspense_has_case();
create constraint trigger payment_case_has_line after insert or update of state, amount, currency on payment_case
  deferrable initially deferred for each row when (new.key ~ '^bank:[0-9]+(:kept)?$') execute function suspense_has_case();
"""
STAYS = """
create function column_stays() returns trigger language plpgsql as $$
begin
  raise exception '% of % % stays', tg_argv[0], tg_table_name, old.id using errcode = 'restrict_violation';
end $$;
create trigger gateway_op_stays_live before update of live on gateway_op for each row
  when (old.live and not new.live and new.state not in ('refused', 'failed') and new.kind <> 'evidence')
  execute function column_stays('live');
create trigger refund_decided_at_stays before update of decided_at on refund for each row
  when (old.decided_at is not null and new.decided_at is distinct from old.decided_at)
  execute function column_stays('decided_at');
create trigger checkout_part_stays before update of payment_ref on checkout_part for each row
  when (old.state = 'paid' and new.payment_ref <> old.payment_ref) execute function column_stays('payment_ref');
"""
TRIGGERS = {
    "order_disputed_adds_up": "orders",
    "dispute_share_is_counted": "dispute_share",
    "checkout_share_disputed_adds_up": "checkout_share",
    "dispute_fee_adds_up": "dispute",
    "dispute_ends": "dispute",
    "wallet_top_up_adds_up": "wallet_top_up",
    "order_line_returned_adds_up": "order_line",
    "refund_returned_adds_up": "refund",
    "bank_line_has_case": "bank_line",
    "bank_rest_has_case": "bank_rest",
    "payment_case_has_line": "payment_case",
    "gateway_op_stays_live": "gateway_op",
    "refund_decided_at_stays": "refund",
    "checkout_part_stays": "checkout_part",
}
FUNCTIONS = (
    "disputed_adds_up()",
    "dispute_fee_adds_up()",
    "dispute_ends()",
    "top_up_adds_up()",
    "returned_adds_up()",
    "suspense_has_case()",
    "column_stays()",
)


def upgrade() -> None:
    for statements in (DISPUTED, ENDS, RETURNED, SUSPENSE, STAYS):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    for name in FUNCTIONS:
        op.execute(f"drop function {name}")
