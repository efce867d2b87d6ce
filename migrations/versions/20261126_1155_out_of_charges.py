"""count what was sent to sellers out of each charge, and say which charge a payout came from"""

import sqlalchemy as sa
from alembic import op

revision = "out_of_charges"
down_revision = "taxes_contained"
branch_labels = None
depends_on = None


def upgrade() -> None:
    sent = sa.Column("sent_minor", sa.BigInteger(), server_default="0", nullable=False)
    op.add_column("payment", sent)
    name = op.f("ck_payment_send_at_most_captured")
    op.create_check_constraint(name, "payment", "sent_minor between 0 and captured_minor")
    op.add_column("payout", sa.Column("payment_id", sa.BigInteger(), nullable=True))
    op.create_index(op.f("ix_payout_payment_id"), "payout", ["payment_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_payout_payment_id"), "payout")
    op.drop_column("payout", "payment_id")
    op.drop_column("payment", "sent_minor")
