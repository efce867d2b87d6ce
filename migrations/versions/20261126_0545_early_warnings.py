"""warn sellers early, and lower what is not drawn

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "early_warnings"
down_revision = "credit_lines"
branch_labels = None
depends_on = None


def upgrade() -> None:
    table = "early_warning"
    op.create_table(
        table,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(4), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("reason", sa.String(240), nullable=False),
        sa.Column("act", sa.String(240), nullable=False),
        sa.Column("link", sa.String(120), nullable=False),
        sa.CheckConstraint(
            "ended_on is null or ended_on >= began_on",
            name=op.f("ck_early_warning_ends_after_it_began"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_warning")),
    )
    op.create_index(
        "uq_early_warning_one_open",
        table,
        ["seller_id", "code"],
        unique=True,
        postgresql_where=sa.text("ended_on is null"),
    )


def downgrade() -> None:
    op.drop_table("early_warning")
