"""collect cash at doors and hand it over

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "cash_on_delivery"
down_revision = "gateway_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cash_handover",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("payment_id", sa.BigInteger(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_handover_amount_is_positive")),
        sa.CheckConstraint(
            "state in ('asked','arrived')", name=op.f("ck_cash_handover_state_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_handover")),
        sa.UniqueConstraint("number", name=op.f("uq_cash_handover_number")),
    )
    op.create_index(
        "uq_cash_handover_open",
        "cash_handover",
        ["courier"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )
    _cash_due()


def _cash_due() -> None:
    op.create_table(
        "cash_due",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.String(length=20), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("courier", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("collected", sa.BigInteger(), nullable=False),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handover_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_cash_due_amount_is_positive")),
        sa.CheckConstraint(
            "collected between 0 and amount", name=op.f("ck_cash_due_collect_at_most_promised")
        ),
        sa.CheckConstraint(
            "state in ('due','collected','arrived','refused')",
            name=op.f("ck_cash_due_state_is_known"),
        ),
        sa.CheckConstraint(
            "(state in ('due','refused')) = (collected = 0 and collected_at is null)",
            name=op.f("ck_cash_due_collected_when_it_says_so"),
        ),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["person.id"], name=op.f("fk_cash_due_buyer_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["handover_id"], ["cash_handover.id"], name=op.f("fk_cash_due_handover_id_cash_handover")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_cash_due_order_id_orders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cash_due")),
        sa.UniqueConstraint("order_id", name=op.f("uq_cash_due_order_id")),
        sa.UniqueConstraint("order_number", name=op.f("uq_cash_due_order_number")),
    )
    op.create_index("ix_cash_due_buyer_id", "cash_due", ["buyer_id"])
    op.create_index("ix_cash_due_handover_id", "cash_due", ["handover_id"])
    op.create_index("ix_cash_due_state", "cash_due", ["state", "courier"])


def downgrade() -> None:
    op.drop_table("cash_due")
    op.drop_table("cash_handover")
