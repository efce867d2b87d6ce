"""pay a checkout in one or several parts

Every checkout there is gets one part with the whole of each of its orders.
Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "checkout_parts"
down_revision = "bank_rail"
branch_labels = None
depends_on = None

# the ids of checkout and orders are free in the new tables, and sort by time
PARTS = """
insert into checkout_part (id, created_at, checkout_id, position, offer_key, method, payment_ref,
                           amount, currency, refunded, state)
select c.id, c.created_at, c.id, 0, c.offer_key, left(split_part(c.offer_key, ':', 1), 20),
       c.payment_ref, c.total, c.currency,
       coalesce((select sum(o.refunded) from orders o where o.checkout_id = c.id), 0),
       case c.state when 'awaiting' then 'waiting' when 'paid' then 'paid' else 'void' end
from checkout c
"""
SHARES = """
insert into checkout_share (id, created_at, part_id, order_id, amount, refunded)
select o.id, o.created_at, o.checkout_id, o.id, o.total, o.refunded from orders o
"""


def upgrade() -> None:
    op.create_table(
        "checkout_part",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checkout_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("offer_key", sa.String(length=40), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("payment_ref", sa.String(length=60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_checkout_part_amount_is_positive")),
        sa.CheckConstraint(
            "refunded between 0 and amount",
            name=op.f("ck_checkout_part_never_refund_more_than_paid"),
        ),
        sa.CheckConstraint(
            "refunded = 0 or state = 'paid'",
            name=op.f("ck_checkout_part_only_what_was_paid_goes_back"),
        ),
        sa.CheckConstraint(
            "state in ('waiting','held','paid','void')",
            name=op.f("ck_checkout_part_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["checkout_id"], ["checkout.id"], name=op.f("fk_checkout_part_checkout_id_checkout")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_part")),
        sa.UniqueConstraint(
            "checkout_id", "position", name=op.f("uq_checkout_part_checkout_id_position")
        ),
    )
    op.create_index(op.f("ix_checkout_part_payment_ref"), "checkout_part", ["payment_ref"])
    op.create_table(
        "checkout_share",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("part_id", sa.BigInteger(), nullable=False),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_checkout_share_amount_is_positive")),
        sa.CheckConstraint(
            "refunded between 0 and amount",
            name=op.f("ck_checkout_share_never_refund_more_than_paid"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_checkout_share_order_id_orders")
        ),
        sa.ForeignKeyConstraint(
            ["part_id"], ["checkout_part.id"], name=op.f("fk_checkout_share_part_id_checkout_part")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout_share")),
        sa.UniqueConstraint(
            "part_id", "order_id", name=op.f("uq_checkout_share_part_id_order_id")
        ),
    )
    op.create_index(op.f("ix_checkout_share_order_id"), "checkout_share", ["order_id"])
    op.execute(PARTS)
    op.execute(SHARES)


def downgrade() -> None:
    op.drop_table("checkout_share")
    op.drop_table("checkout_part")
