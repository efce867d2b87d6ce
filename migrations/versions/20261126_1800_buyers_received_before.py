"""keep with an order how many its buyer had received from other shops by then

Orders of before get the number too: receipts are dated. Deployed while the previous release runs: it leaves the number of its orders empty.
"""

import sqlalchemy as sa
from alembic import op

revision = "buyers_received_before"
down_revision = "held_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("buyer_received", sa.Integer(), nullable=True))
    op.execute(
        "update orders o set buyer_received = (select count(*) from orders e "
        "where e.buyer_id = o.buyer_id and e.seller_id <> o.seller_id "
        "and e.received_at < o.created_at)"
    )


def downgrade() -> None:
    op.drop_column("orders", "buyer_received")
