"""an index of orders by the place they went to"""

from alembic import op

revision = "place"
down_revision = "watch"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "create index ix_orders_place on orders (hashtextextended("
        "(coalesce(address ->> 'line', '') || '|') || coalesce(address ->> 'postcode', ''), 0))"
        " where paid_at is not null"
    )


def downgrade() -> None:
    op.execute("drop index ix_orders_place")
