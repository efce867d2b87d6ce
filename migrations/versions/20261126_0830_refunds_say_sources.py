"""let each refund say who gave its money, and hold its journal to that

Once accepted, a refund keeps what each kind of account gave or got in its one journal; that stays, sums to its amount, and gives no more commission or tax back than the order's settlement took.
Stop the mall before it: the previous release does not write it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "refunds_say_sources"
down_revision = "advances_follow"
branch_labels = None
depends_on = None

# refunds of before say nothing: null stays null
SOURCES = """
create function refund_has_sources() returns trigger language plpgsql as $$
declare
  r refund;
begin
  select * into r from refund where id = new.id;
  if r.sources is null and (tg_op = 'UPDATE' and old.state not in ('opened', 'rejected') or r.state in ('opened', 'rejected')) then
    return null;
  end if;
  if r.sources is null or r.state in ('opened', 'rejected')
     or r.amount + r.extra <> -(select coalesce(sum(x.amount::bigint), 0) from jsonb_each_text(r.sources) x (name, amount)
          where x.name in ('escrow', 'commission', 'tax_payable', 'seller_payable', 'seller_receivable', 'seller_reserve'))
     or coalesce((r.sources->>'refund_payable')::bigint, 0) <> (
          select coalesce(sum((c->>'amount')::bigint), 0) from jsonb_array_elements(r.cards) c)
     or exists (select from (values ('commission', 'commission'), ('tax_payable', 'tax')) k (name, reason)
          where -(select coalesce(sum((o.sources->>k.name)::bigint), 0) from refund o where o.order_id = r.order_id)
              > (select coalesce(sum(s.amount), 0) from settlement_line s where s.order_id = r.order_id and s.reason = k.reason)) then
    raise exception 'refund % does not say who gave its money', r.number using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create constraint trigger refund_has_sources after insert or update of state, sources on refund
  deferrable initially deferred for each row execute function refund_has_sources();
create function refund_stays() returns trigger language plpgsql as $$
begin
  if old.sources is not null
     and (old.sources, old.amount, old.extra, old.cards) <> (new.sources, new.amount, new.extra, new.cards)
     or old.sources is not null and new.sources is null then
    raise exception 'refund % was accepted: its amounts stay', old.number using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger refund_stays before update of sources, amount, extra, cards on refund
  for each row execute function refund_stays();
"""
STATEMENTS = (SOURCES,)


def upgrade() -> None:
    op.add_column("refund", sa.Column("sources", JSONB(), nullable=True))
    for statements in STATEMENTS:
        op.execute(statements.replace(":", "\\:"))


def downgrade() -> None:
    for name in ("refund_has_sources", "refund_stays"):
        op.execute(f"drop trigger {name} on refund")
        op.execute(f"drop function {name}()")
    op.drop_column("refund", "sources")
