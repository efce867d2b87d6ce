"""keep what came too much, and is not the payer's, in suspense until a person decides"""

import sqlalchemy as sa
from alembic import op

revision = "rests_wait"
down_revision = "shares_and_limits_follow"
branch_labels = None
depends_on = None

SAYS_ONCE = """
create function bank_rest_says_once() returns trigger language plpgsql as $$
begin
  if old.cleared is not null and (new.cleared, new.owner) is distinct from (old.cleared, old.owner) then
    raise exception 'what came too much of line % has left suspense', old.line_id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger bank_rest_says_once before update of cleared, owner on bank_rest
  for each row execute function bank_rest_says_once();
"""


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_bank_rest_{name}"))


def upgrade() -> None:
    op.create_table(
        "bank_rest",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("cleared", sa.String(20)),
        sa.Column("owner", sa.String(20), nullable=False),
        _check("amount_is_positive", "amount > 0"),
        _check("cleared_is_known", "cleared in ('to_wallet','send_back','income')"),
        _check("says_whose", "(cleared is not null and cleared <> 'income') = (owner <> '')"),
        sa.ForeignKeyConstraint(
            ["line_id"], ["bank_line.id"], name=op.f("fk_bank_rest_line_id_bank_line")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_rest")),
        sa.UniqueConstraint("line_id", name=op.f("uq_bank_rest_line_id")),
    )
    op.execute(SAYS_ONCE)


def downgrade() -> None:
    op.drop_table("bank_rest")
    op.execute("drop function bank_rest_says_once()")
