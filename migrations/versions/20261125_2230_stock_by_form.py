"""let a form change a variant's stock once

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "stock_by_form"
down_revision = "cash_on_delivery"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "uq_stock_movement_form",
        "stock_movement",
        ["variant_id", "ref"],
        unique=True,
        postgresql_where=sa.text("ref like 'form:%'"),
    )


def downgrade() -> None:
    op.drop_index("uq_stock_movement_form", "stock_movement")
