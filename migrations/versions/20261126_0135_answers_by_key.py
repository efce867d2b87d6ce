"""a dispute knows the form that answered it last

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "answers_by_key"
down_revision = "reservations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "dispute_case", sa.Column("asked_key", sa.String(60), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("dispute_case", "asked_key")
