"""payouts that an admin takes back

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "taken_back"
down_revision = "product_by_form"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payout_take_back",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payout_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("by", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.String(240), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payout_take_back_amount_is_positive")),
        sa.CheckConstraint(
            "state in ('asked','done','refused')", name=op.f("ck_payout_take_back_state_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payout.id"], name=op.f("fk_payout_take_back_payout_id_payout")
        ),
        sa.ForeignKeyConstraint(["by"], ["person.id"], name=op.f("fk_payout_take_back_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_take_back")),
        sa.UniqueConstraint("key", name=op.f("uq_payout_take_back_key")),
    )
    op.create_index(
        op.f("ix_payout_take_back_payout_id"), "payout_take_back", ["payout_id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("payout_take_back")
