"""remember who took an order by telephone

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "phone_orders"
down_revision = "reconciliation"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "phone_order",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkout_number", sa.String(length=20), nullable=False),
        sa.Column("operator_id", sa.BigInteger(), nullable=False),
        sa.Column("buyer_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["buyer_id"], ["person.id"], name=op.f("fk_phone_order_buyer_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["operator_id"], ["person.id"], name=op.f("fk_phone_order_operator_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_order")),
        sa.UniqueConstraint("checkout_number", name=op.f("uq_phone_order_checkout_number")),
    )
    op.create_index("ix_phone_order_operator_id", "phone_order", ["operator_id"])
    op.create_index("ix_phone_order_buyer_id", "phone_order", ["buyer_id"])


def downgrade() -> None:
    op.drop_table("phone_order")
