"""let no commit move an account away from the order, payout, reserve or dispute it belongs to

A journal that is well formed and means nothing moves an account alone. So what such an account belongs to is added up when the transaction ends; accounts of other codes cost one comparison.
Settlement lines, reserves and write-offs are held to the book in the same way. Deployed while the previous release still runs: rules that its code keeps already.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from alembic import op

revision = "accounts_add_up"
down_revision = "funding_banks"
branch_labels = None
depends_on = None

# asked by triggers only; they act as the owner so that the application, which commits, may call them
ORDER = """
create function order_must_add_up(p_number text) returns void language plpgsql security definer as $$
declare
  o orders;
  came bigint;
  went bigint;
  elsewhere bigint;
begin
  select * into o from orders where number = p_number;
  if not found then
    raise exception 'there is no order % for its escrow', p_number
      using errcode = 'integrity_constraint_violation';
  end if;
  select coalesce(sum(a.credits_posted) filter (where a.currency = o.currency), 0),
         coalesce(sum(a.debits_posted) filter (where a.currency = o.currency), 0),
         coalesce(sum(a.version) filter (where a.currency <> o.currency), 0)
    into came, went, elsewhere from ledger_account a where a.path = '2100:escrow:' || o.number;
  if came <> (case when o.paid_at is null then 0 else o.total end) or elsewhere > 0
     or came - went <> (case when o.paid_at is null or o.state in ('received', 'canceled') then 0
                             else o.total - o.refunded end)
     or o.refunded <> (select coalesce(sum(r.amount), 0) from refund r where r.order_id = o.id
                       and r.state in ('accepted', 'settled', 'failed'))
     or went <> (select coalesce(sum(s.amount), 0) from settlement_line s
                  where s.order_id = o.id and s.step = 0)
              + (select coalesce(sum(t.amount), 0) from ledger_account a
                   join ledger_transfer t on t.debit_account_id = a.id and t.state = 'posted'
                   join ledger_journal j on j.id = t.journal_id and j.kind = 'order.refunded'
                  where a.path = '2100:escrow:' || o.number and a.currency = o.currency)
     or (o.state = 'received') <> exists (select from settlement_line s where s.order_id = o.id) then
    raise exception 'order % does not add up with its escrow', o.number
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create or replace function order_adds_up() returns trigger language plpgsql as $$
begin
  perform order_must_add_up(new.number);
  return null;
end $$;
"""

SETTLEMENT = """
create function settlement_adds_up() returns trigger language plpgsql as $$
declare
  o orders;
  line record;
  booked record;
begin
  if tg_table_name = 'settlement_line' then
    if exists (select from settlement_line n join settlement_line s on s.order_id = n.order_id
                where n.id = new.id and s.id > n.id and s.xmin = n.xmin) then
      return null;  -- the last line written together with this one asks for all of them
    end if;
    select * into o from orders where id = new.order_id;
  else
    select * into o from orders where number = new.ref;
  end if;
  select sum(amount) filter (where step = 0) as gross,
         sum(amount) filter (where step > 0) as parts,
         coalesce(sum(amount) filter (where reason = 'commission'), 0) as commission,
         coalesce(sum(amount) filter (where reason = 'tax'), 0) as tax,
         coalesce(sum(amount) filter (where reason = 'refund_due'), 0) as due,
         coalesce(sum(amount) filter (where step between 1 and 7
                    and reason not in ('refund_due', 'commission', 'tax')), 0) as taken,
         sum(amount) filter (where step between 3 and 7 and not tied) as capped,
         max(ceiling) filter (where step = 0) as ceiling,
         count(*) filter (where (order_number, seller_id, currency)
                             <> (o.number, o.seller_id, o.currency)) as strange
    into line from settlement_line where order_id = o.id;
  select sum(t.amount) filter (where d.code = 2100) as gross,
         coalesce(sum(t.amount) filter (where d.code = 2100 and c.code = 4100), 0) as commission,
         coalesce(sum(t.amount) filter (where d.code = 2100 and c.code = 2400), 0) as tax,
         coalesce(sum(t.amount) filter (where d.code = 2110 and c.code = 1500), 0) as due,
         coalesce(sum(t.amount) filter (where d.code = 2110 and c.code <> 1500), 0) as taken,
         count(*) filter (where d.code = 2100 and d.path <> '2100:escrow:' || o.number
           or 2110 in (d.code, c.code)
              and '2110:seller_payable:' || o.seller_id not in (d.path, c.path)) as strange
    into booked from ledger_journal j join ledger_transfer t on t.journal_id = j.id and t.state = 'posted'
    join ledger_account d on d.id = t.debit_account_id
    join ledger_account c on c.id = t.credit_account_id
   where j.ref = o.number and j.kind = 'order.released';
  if line.gross is distinct from line.parts or line.strange > 0 or booked.strange > 0
     or line.capped > line.ceiling or line.ceiling * 2 > line.gross
     or (line.gross, line.commission, line.tax, line.due, line.taken)
        is distinct from
        (booked.gross, booked.commission, booked.tax, booked.due, booked.taken)
     or line.gross is null then
    raise exception 'the settlement of order % is not what the book says',
      coalesce(o.number, 'that is not there') using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger settlement_adds_up after insert on settlement_line
  deferrable initially deferred for each row execute function settlement_adds_up();
create constraint trigger ledger_release_has_lines after insert on ledger_journal
  deferrable initially deferred for each row when (new.kind = 'order.released')
  execute function settlement_adds_up();
"""

PAYOUT = """
create function payout_must_add_up(p_number text) returns void language plpgsql security definer as $$
declare
  p record;
  flying record;
  source bigint;
begin
  select x.* into p from (
    select number, amount, currency, state, '2110:seller_payable:' || seller_id as giver from payout
     where number = p_number
    union all
    select number, amount, currency, state, '2200:wallet:' || person_id from wallet_withdrawal
     where number = p_number) x;
  if not found then
    if not exists (select from gateway_op where kind = 'payout' and ref = p_number) then
      raise exception 'there is no payout % for what is in flight', p_number
        using errcode = 'integrity_constraint_violation';
    end if;
    return;  -- money of nobody known, sent back to where it came from
  end if;
  select coalesce(sum(a.credits_posted - a.debits_posted) filter (where a.currency = p.currency), 0) as balance,
         coalesce(sum(a.credits_pending) filter (where a.currency = p.currency), 0) as held,
         coalesce(sum(a.version) filter (where a.currency <> p.currency), 0) as elsewhere
    into flying from ledger_account a where a.path = '2130:payout_in_flight:' || p.number;
  select coalesce(sum(case when t.credit_account_id = a.id then t.amount else -t.amount end), 0)
    into source from ledger_account a
    join ledger_transfer t on a.id in (t.debit_account_id, t.credit_account_id)
    join ledger_account g on g.id = case when t.credit_account_id = a.id then t.debit_account_id
                                         else t.credit_account_id end
   where a.path = '2130:payout_in_flight:' || p.number and a.currency = p.currency
     and t.state in ('posted', 'settled') and g.path = p.giver;
  if flying.balance <> (case p.state when 'sent' then p.amount else 0 end) or flying.elsewhere > 0
     or flying.held <> (case p.state when 'requested' then p.amount else 0 end)
     or source <> (case when p.state in ('sent', 'paid') then p.amount else 0 end) then
    raise exception 'payout % is not what the book holds of it', p.number
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function payout_adds_up() returns trigger language plpgsql as $$
begin
  perform payout_must_add_up(new.number);
  return null;
end $$;
create constraint trigger payout_adds_up after insert or update of state on payout
  deferrable initially deferred for each row execute function payout_adds_up();
create constraint trigger withdrawal_adds_up after insert or update of state, number on wallet_withdrawal
  deferrable initially deferred for each row execute function payout_adds_up();
"""

RESERVE = """
create function reserve_must_add_up(p_seller text, p_currency text) returns void language plpgsql security definer as $$
declare
  seller bigint := case when p_seller ~ '^[0-9]{1,18}$' then p_seller::bigint end;
begin
  if (select coalesce(sum(h.amount), 0) from reserve_hold h
       where h.seller_id = seller and h.currency = p_currency and h.released_on is null)
   + (select coalesce(sum(s.frozen), 0) from dispute_share s
       where s.seller_id = seller and s.currency = p_currency and s.state = 'open')
  <> (select coalesce(sum(a.credits_posted - a.debits_posted), 0) from ledger_account a
       where a.path = '2120:seller_reserve:' || p_seller and a.currency = p_currency) then
    raise exception 'the reserve of seller % is not what is kept in it', p_seller
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function reserve_adds_up() returns trigger language plpgsql as $$
begin
  perform reserve_must_add_up(new.seller_id::text, new.currency);
  if tg_op = 'UPDATE' and (old.seller_id, old.currency) <> (new.seller_id, new.currency) then
    perform reserve_must_add_up(old.seller_id::text, old.currency);
  end if;
  if tg_table_name = 'reserve_hold' then
    if not exists (select from reserve_hold h where h.id = new.id and h.amount = (
         select coalesce(sum(s.amount), 0) from settlement_line s join orders o on o.id = s.order_id
          where o.number = h.order_number and s.step = 7 and s.reason = 'reserve'
            and s.seller_id = h.seller_id and s.currency = h.currency
            and s.releases_on = h.releases_on)) then
      raise exception 'the reserve of order % is not the line that kept it', new.order_number
        using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  return null;
end $$;
create constraint trigger reserve_hold_adds_up after insert or update on reserve_hold
  deferrable initially deferred for each row execute function reserve_adds_up();
create constraint trigger dispute_share_adds_up after insert or update on dispute_share
  deferrable initially deferred for each row execute function reserve_adds_up();
"""

WRITE_OFF = """
create function write_off_adds_up() returns trigger language plpgsql as $$
begin
  if new.amount is distinct from (
       select sum(t.amount) from ledger_journal j join ledger_transfer t on t.journal_id = j.id
         join ledger_account c on c.id = t.credit_account_id
        where j.idempotency_key = 'debt:' || new.id and j.kind = 'debt.written_off'
          and t.state = 'posted' and t.currency = new.currency
          and c.path = '1500:seller_receivable:' || new.seller_id) then
    raise exception 'write-off % is not what the book gave up', new.key
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger debt_write_off_adds_up after insert on debt_write_off
  deferrable initially deferred for each row execute function write_off_adds_up();
"""

ACCOUNT = """
create function ledger_account_adds_up() returns trigger language plpgsql as $$
declare
  owner_of text := split_part(new.path, ':', 3);
begin
  case new.code
    when 2100 then perform order_must_add_up(owner_of);
    when 2120 then perform reserve_must_add_up(owner_of, new.currency);
    when 2130 then perform payout_must_add_up(owner_of);
    when 1510 then
      if not exists (select from dispute d where d.number = owner_of and d.currency = new.currency
           and d.withdrawn - d.reinstated - d.lost = (
             select a.debits_posted - a.credits_posted from ledger_account a where a.id = new.id)) then
        raise exception 'dispute % does not add up with the book', owner_of
          using errcode = 'integrity_constraint_violation';
      end if;
  end case;
  return null;
end $$;
create constraint trigger ledger_account_adds_up after update on ledger_account
  deferrable initially deferred for each row when (new.code in (1510, 2100, 2120, 2130))
  execute function ledger_account_adds_up();
"""

TRIGGERS = {
    "ledger_account_adds_up": "ledger_account",
    "ledger_release_has_lines": "ledger_journal",
    "settlement_adds_up": "settlement_line",
    "payout_adds_up": "payout",
    "withdrawal_adds_up": "wallet_withdrawal",
    "reserve_hold_adds_up": "reserve_hold",
    "dispute_share_adds_up": "dispute_share",
    "debt_write_off_adds_up": "debt_write_off",
}
FUNCTIONS = (
    "ledger_account_adds_up()",
    "settlement_adds_up()",
    "payout_adds_up()",
    "reserve_adds_up()",
    "write_off_adds_up()",
    "payout_must_add_up(text)",
    "reserve_must_add_up(text, text)",
    "order_must_add_up(text)",
)


def upgrade() -> None:
    for statements in (ORDER, SETTLEMENT, PAYOUT, RESERVE, WRITE_OFF, ACCOUNT):
        op.execute(statements.replace(":", "\\:"))  # a path is no parameter


def _order_as_before() -> str:
    """The check of an order of the release before, as its own migration wrote it."""
    file = Path(__file__).with_name("20261126_0125_sums_at_commit.py")
    spec = spec_from_file_location("sums_at_commit", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    function = str(module.ORDERS).partition("create constraint trigger")[0]
    return function.replace("create function", "create or replace function", 1)


def downgrade() -> None:
    op.execute(_order_as_before().replace(":", "\\:"))
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    for function in FUNCTIONS:
        op.execute(f"drop function {function}")
