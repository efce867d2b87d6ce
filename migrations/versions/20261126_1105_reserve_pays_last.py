"""let the reserve pay an order advance whose order was given back, when nothing else does"""

import sqlalchemy as sa
from alembic import op

revision = "reserve_pays_last"
down_revision = "statements_in_turn"
branch_labels = None
depends_on = None

MUST = """
create or replace function reserve_must_add_up(p_seller text, p_currency text) returns void language plpgsql security definer as $$
declare
  seller bigint := case when p_seller ~ '^[0-9]{1,19}$' then p_seller::bigint end;
begin
  if (select coalesce(sum({left}), 0) from reserve_hold h
       where h.seller_id = seller and h.currency = p_currency and h.released_on is null)
   + (select coalesce(sum(s.frozen), 0) from dispute_share s
       where s.seller_id = seller and s.currency = p_currency and s.state = 'open')
  <> (select coalesce(sum(a.credits_posted - a.debits_posted), 0) from ledger_account a
       where a.path = '2120:seller_reserve:' || p_seller and a.currency = p_currency) then
    raise exception 'the reserve of seller % is not what is kept in it', p_seller
      using errcode = 'integrity_constraint_violation';
  end if;
end $$;
"""
ADDS = """
create or replace function reserve_adds_up() returns trigger language plpgsql as $$
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
            and s.releases_on = h.releases_on){used}) then
      raise exception 'the reserve of order % is not the line that kept it', new.order_number
        using errcode = 'integrity_constraint_violation';
    end if;
  end if;
  return null;
end $$;
"""
USES = """
create function reserve_use_adds_up() returns trigger language plpgsql as $$
begin
  if not exists (select from reserve_hold h where h.id = new.hold_id
       and (h.seller_id, h.currency) = (new.seller_id, new.currency)
       and h.taken = (select sum(u.amount) from reserve_use u where u.hold_id = h.id)) then
    raise exception 'the reserve of seller % did not give what was used of it', new.seller_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger reserve_use_adds_up after insert on reserve_use
  deferrable initially deferred for each row execute function reserve_use_adds_up();
"""
_USED = (
    " and h.taken = (select coalesce(sum(u.amount), 0) from reserve_use u where u.hold_id = h.id)"
)
RULES = {
    "use_at_most_what_is_kept": "taken between 0 and amount",
    "used_up_is_over": "taken < amount or released_on is not null",
}


def _functions(left: str, used: str) -> None:
    op.execute(MUST.replace("{left}", left).replace(":", "\\:"))
    op.execute(ADDS.replace("{used}", used).replace(":", "\\:"))


def _sources(names: str) -> None:
    """From where a payment of an advance may come."""
    name = op.f("ck_remittance_source_is_known")
    op.drop_constraint(name, "remittance")
    op.create_check_constraint(name, "remittance", f"source in ({names})")


def upgrade() -> None:
    taken = sa.Column("taken", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("reserve_hold", taken)
    op.alter_column("reserve_hold", "taken", server_default=None)
    for name, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_reserve_hold_{name}"), "reserve_hold", rule)
    _uses()
    op.execute(USES)
    _functions("h.amount - h.taken", _USED)
    _sources("'balance','wallet','card','reserve'")


def _uses() -> None:
    table = "reserve_use"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hold_id", sa.BigInteger(), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("contract", sa.String(40), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{table}_amount_is_positive")),
        sa.CheckConstraint(
            "contract <> '' and why <> ''", name=op.f(f"ck_{table}_it_says_what_for")
        ),
        sa.ForeignKeyConstraint(
            ["hold_id"], ["reserve_hold.id"], name=op.f(f"fk_{table}_hold_id_reserve_hold")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["seller.id"], name=op.f(f"fk_{table}_seller_id_seller")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            "hold_id", "contract", "entry", name=op.f(f"uq_{table}_hold_id_contract_entry")
        ),
    )
    op.create_index(op.f(f"ix_{table}_seller_id"), table, ["seller_id"])
    op.create_index(op.f(f"ix_{table}_contract"), table, ["contract"])


def downgrade() -> None:
    _sources("'balance','wallet','card'")
    _functions("h.amount", "")
    op.drop_table("reserve_use")
    op.execute("drop function reserve_use_adds_up()")
    for name in RULES:
        op.drop_constraint(op.f(f"ck_reserve_hold_{name}"), "reserve_hold")
    op.drop_column("reserve_hold", "taken")
