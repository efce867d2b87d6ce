"""pay into balances and take out of them

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "wallet"
down_revision = "answers_kept_by_key"
branch_labels = None
depends_on = None

STATES = {"wallet_top_up": "'asked','paid','refused'",
          "wallet_withdrawal": "'requested','sent','paid','failed'"}


def _table(name: str, *columns: sa.Column) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        *columns,
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f(f"ck_{name}_amount_is_positive")),
        sa.CheckConstraint(f"state in ({STATES[name]})", name=op.f(f"ck_{name}_state_is_known")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f(f"fk_{name}_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint("number", name=op.f(f"uq_{name}_number")),
        sa.UniqueConstraint("person_id", "key", name=op.f(f"uq_{name}_person_id_key")),
    )


def upgrade() -> None:
    _table("wallet_top_up", sa.Column("payment_id", sa.BigInteger(), nullable=False))
    _table(
        "wallet_withdrawal",
        sa.Column("destination", sa.String(length=60), nullable=False),
        sa.Column("why", sa.String(length=240), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("wallet_withdrawal")
    op.drop_table("wallet_top_up")
