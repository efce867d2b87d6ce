"""the lender's day writes down each chunk of its steps

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "chunks_of_the_day"
down_revision = "contracts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "day_chunk",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("first_id", sa.BigInteger(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "first_id <= last_id and done >= 0", name=op.f("ck_day_chunk_ids_are_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_chunk")),
        sa.UniqueConstraint("step", "on", "first_id", name=op.f("uq_day_chunk_step_on_first_id")),
    )
    op.create_index(
        "ix_advance_running", "advance", ["id"], postgresql_where=sa.text("state = 'active'")
    )


def downgrade() -> None:
    op.drop_index("ix_advance_running", "advance")
    op.drop_table("day_chunk")
