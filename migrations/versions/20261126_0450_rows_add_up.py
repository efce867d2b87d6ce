"""let no commit leave a checkout, its stock or a loan's payments other than their parts

The same sums as in the audit, of one checkout or one loan: its total is that of its parts and of its orders, each part that of its shares; the units of its paid orders are those that left the stock
for it; what was paid on a loan lies on its rows, and a fee is paid only when it was earned. Deployed while the previous release still runs: rules that its code keeps already.
"""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "rows_add_up"
down_revision = "sealed_by_owner"
branch_labels = None
depends_on = None


def _before(file: str, name: str, follows: str) -> str:
    """The first function of a constant of an earlier migration, as that wrote it."""
    path = Path(__file__).with_name(f"{file}.py")
    spec = spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    function = str(getattr(module, name)).partition(f"create function {follows}")[0]
    return function.replace("create function", "create or replace function", 1)


LOAN_WAS = _before("20261126_0240_loans_add_up", "LOAN", "loan_adds_up")
RESERVE_WAS = _before("20261126_0220_accounts_add_up", "RESERVE", "reserve_adds_up")


def _changed(body: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert body.count(old) == 1, old
        body = body.replace(old, new)
    return body


LOAN = _changed(
    LOAN_WAS,
    (
        "coalesce(sum(i.late_fee - i.late_fee_paid), 0) as late_fee\n",
        "coalesce(sum(i.late_fee - i.late_fee_paid), 0) as late_fee,\n"
        "         coalesce(sum(i.principal_paid + i.fee_paid + i.late_fee_paid), 0) as paid\n",
    ),
    (
        "or booked.elsewhere > 0\n",
        "or booked.elsewhere > 0\n"
        "     or owed.paid <> (select coalesce(sum(p.amount - p.returned), 0) from loan_payment p where p.loan_id = l.id)\n",
    ),
)
# ids have nineteen digits from July 2027 on
RESERVE = _changed(RESERVE_WAS, ("[0-9]{1,18}", "[0-9]{1,19}"))
PAID = """
create constraint trigger loan_payment_adds_up after insert or update of returned on loan_payment
  deferrable initially deferred for each row execute function loan_adds_up();
"""
CHECKOUT = """
create function checkout_must_add_up(p_id bigint) returns void language plpgsql security definer as $$
begin
  if exists (
       select from checkout c where c.id = p_id
          and (c.total <> (select coalesce(sum(p.amount), 0) from checkout_part p where p.checkout_id = c.id)
            or c.total <> (select coalesce(sum(o.total), 0) from orders o where o.checkout_id = c.id))
       union all
       select from checkout_part p join checkout c on c.id = p.checkout_id
        where c.id = p_id
          and ((p.amount, p.refunded) <> (select coalesce(sum(s.amount), 0), coalesce(sum(s.refunded), 0)
                                            from checkout_share s where s.part_id = p.id)
            or (c.state = 'paid') <> (p.state = 'paid') or (c.state = 'given_up') <> (p.state = 'void'))
       union all
       select from orders o where o.checkout_id = p_id
          and (o.total, o.refunded) <> (select coalesce(sum(s.amount), 0), coalesce(sum(s.refunded), 0)
                                          from checkout_share s where s.order_id = o.id)) then
    raise exception 'checkout % is not the sum of its parts', p_id using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function checkout_adds_up() returns trigger language plpgsql as $$
begin
  case tg_table_name
    when 'checkout' then perform checkout_must_add_up(new.id);
    when 'checkout_share' then perform checkout_must_add_up(p.checkout_id) from checkout_part p where p.id = new.part_id;
    else perform checkout_must_add_up(new.checkout_id);
  end case;
  return null;
end $$;
create constraint trigger checkout_adds_up after insert or update of state on checkout
  deferrable initially deferred for each row execute function checkout_adds_up();
create constraint trigger checkout_part_adds_up after insert or update of state, refunded on checkout_part
  deferrable initially deferred for each row execute function checkout_adds_up();
create constraint trigger checkout_share_adds_up after insert or update of refunded on checkout_share
  deferrable initially deferred for each row execute function checkout_adds_up();
create constraint trigger order_is_of_its_checkout after insert or update of refunded on orders
  deferrable initially deferred for each row execute function checkout_adds_up();
"""
SOLD = """
create function sold_must_add_up(p_id bigint) returns void language plpgsql security definer as $$
begin
  if exists (
       select from (select l.variant_id, sum(l.quantity) as units from order_line l join orders o on o.id = l.order_id
                     where o.checkout_id = p_id and o.paid_at is not null group by l.variant_id) s
         full join (select m.variant_id, -sum(m.change) as units from stock_movement m
                     where m.cause = 'sold' and m.ref = 'checkout:' || p_id group by m.variant_id) m
           on m.variant_id = s.variant_id
        where s.units is distinct from m.units) then
    raise exception 'the units sold in checkout % are not those that left the stock', p_id
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
create function sold_adds_up() returns trigger language plpgsql as $$
begin
  case tg_table_name
    when 'orders' then perform sold_must_add_up(new.checkout_id);
    when 'order_line' then perform sold_must_add_up(o.checkout_id) from orders o where o.id = new.order_id;
    else
      if new.ref !~ '^checkout:[0-9]{1,19}$' or not exists (
           select from checkout c where c.id = split_part(new.ref, ':', 2)::bigint) then
        raise exception 'nothing was sold as %', new.ref using errcode = 'integrity_constraint_violation';
      end if;
      perform sold_must_add_up(split_part(new.ref, ':', 2)::bigint);
  end case;
  return null;
end $$;
create constraint trigger order_sold_adds_up after update of paid_at on orders
  deferrable initially deferred for each row execute function sold_adds_up();
create constraint trigger order_line_sold_adds_up after insert on order_line
  deferrable initially deferred for each row execute function sold_adds_up();
create constraint trigger stock_movement_sold_adds_up after insert on stock_movement
  deferrable initially deferred for each row when (new.cause = 'sold') execute function sold_adds_up();
"""
TRIGGERS = {
    "loan_payment_adds_up": "loan_payment",
    "checkout_adds_up": "checkout",
    "checkout_part_adds_up": "checkout_part",
    "checkout_share_adds_up": "checkout_share",
    "order_is_of_its_checkout": "orders",
    "order_sold_adds_up": "orders",
    "order_line_sold_adds_up": "order_line",
    "stock_movement_sold_adds_up": "stock_movement",
}
EARNED = "fee_is_earned_when_paid"
SOLD_FOR = "ix_stock_movement_sold"


def upgrade() -> None:
    op.create_index(SOLD_FOR, "stock_movement", ["ref"], postgresql_where=sa.text("cause = 'sold'"))
    op.create_check_constraint(
        op.f(f"ck_installment_{EARNED}"), "installment", "fee_paid = 0 or accrued_on is not null"
    )
    for statements in (LOAN, RESERVE, PAID, CHECKOUT, SOLD):
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name, table in TRIGGERS.items():
        op.execute(f"drop trigger {name} on {table}")
    for function in (
        "checkout_adds_up()",
        "checkout_must_add_up(bigint)",
        "sold_adds_up()",
        "sold_must_add_up(bigint)",
    ):
        op.execute(f"drop function {function}")
    for statements in (LOAN_WAS, RESERVE_WAS):
        op.execute(statements.replace(":", "\\:"))
    op.drop_constraint(op.f(f"ck_installment_{EARNED}"), "installment", type_="check")
    op.drop_index(SOLD_FOR, table_name="stock_movement")
