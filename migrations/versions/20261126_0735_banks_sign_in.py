"""let banks sign in and propose changes of their own places

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "banks_sign_in"
down_revision = "rows_add_up"
branch_labels = None
depends_on = None

_CHECKS = (
    ("person", "ck_person_role_is_known", "role", "'shopper','seller','admin'", "'bank'"),
    (
        "funding_change",
        "ck_funding_change_kind_is_known",
        "kind",
        "'bank','terms','waterfall','resume'",
        "'place'",
    ),
)


def _allow(extra: bool) -> None:
    for table, name, column, known, new in _CHECKS:
        op.drop_constraint(op.f(name), table, type_="check")
        values = f"{known},{new}" if extra else known
        op.create_check_constraint(op.f(name), table, f"{column} in ({values})")


def upgrade() -> None:
    _allow(True)
    op.create_table(
        "funder_member",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("funder_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_funder_member"),
        sa.ForeignKeyConstraint(
            ["funder_id"], ["funder.id"], name="fk_funder_member_funder_id_funder"
        ),
        sa.UniqueConstraint("person_id", name="uq_funder_member_person_id"),
    )
    op.create_index("ix_funder_member_funder_id", "funder_member", ["funder_id"])


def downgrade() -> None:
    op.drop_table("funder_member")
    op.execute("delete from funding_change where kind = 'place'")
    op.execute("update person set role = 'shopper', suspended_at = now() where role = 'bank'")
    _allow(False)
