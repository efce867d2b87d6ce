"""let the movement move the number of units on hand, and nobody else

A movement that is written counts itself into its variant; the application loses the right to write `on_hand`, and a variant begins with nothing. What is promised is what reservations hold, asked when
the transaction ends. And each settlement line asks for all of its order: one written after `set constraints all immediate` was not asked for. Stop the mall before this migration: the previous release writes the number itself.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "movements_move_stock"
down_revision = "standings"
branch_labels = None
depends_on = None

MOVES = """
create function variant_begins_empty() returns trigger language plpgsql as $$
begin
  if (new.on_hand, new.reserved) <> (0, 0) then
    raise exception 'variant % must begin with no units: a movement brings them', new.sku
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger variant_begins_empty before insert on variant
  for each row execute function variant_begins_empty();
create function stock_movement_moves() returns trigger language plpgsql security definer as $$
begin
  update variant set on_hand = on_hand + new.change
   where id = new.variant_id and seller_id = new.seller_id;
  if not found then
    raise exception 'seller % has no variant % to move', new.seller_id, new.variant_id
      using errcode = 'restrict_violation';
  end if;
  return null;
end $$;
create trigger stock_movement_moves after insert on stock_movement
  for each row execute function stock_movement_moves();
"""

PROMISES = """
create function promises_add_up() returns trigger language plpgsql as $$
declare
  v bigint := case tg_table_name when 'variant' then new.id end;
begin
  if v is null then
    v := new.variant_id;
  end if;
  if not exists (select from variant a where a.id = v and a.reserved = (
       select coalesce(sum(r.quantity), 0) from reservation r
        where r.variant_id = v and r.state = 'held')) then
    raise exception 'what is reserved of variant % is not what is held of it', v
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger variant_adds_up after update of reserved on variant
  deferrable initially deferred for each row execute function promises_add_up();
create constraint trigger reservation_adds_up after insert or update of state on reservation
  deferrable initially deferred for each row execute function promises_add_up();
"""

SETTLEMENT = """
create or replace function settlement_adds_up() returns trigger language plpgsql as $$
declare
  o orders;
  line record;
  booked record;
begin
  if tg_table_name = 'settlement_line' then
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
"""


def upgrade() -> None:
    op.create_index(
        "ix_reservation_held",
        "reservation",
        ["variant_id"],
        postgresql_where=sa.text("state = 'held'"),
    )
    for statements in (MOVES, PROMISES, SETTLEMENT):
        op.execute(statements.replace(":", "\\:"))


def _settlement_as_before() -> str:
    """The check of settlement lines as the migration before wrote it."""
    file = Path(__file__).with_name("20261126_0220_accounts_add_up.py")
    spec = spec_from_file_location("accounts_add_up", file)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    function = str(module.SETTLEMENT).partition("create constraint trigger")[0]
    return function.replace("create function", "create or replace function", 1)


def downgrade() -> None:
    op.execute(_settlement_as_before().replace(":", "\\:"))
    for name, table in (
        ("reservation_adds_up", "reservation"),
        ("variant_adds_up", "variant"),
        ("stock_movement_moves", "stock_movement"),
        ("variant_begins_empty", "variant"),
    ):
        op.execute(f"drop trigger {name} on {table}")
    for function in ("promises_add_up", "stock_movement_moves", "variant_begins_empty"):
        op.execute(f"drop function {function}()")
    op.drop_index("ix_reservation_held", table_name="reservation")
