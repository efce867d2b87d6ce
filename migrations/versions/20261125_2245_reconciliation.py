"""keep what was compared with gateways and bank, and every difference

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql  # noqa: F401

revision = "reconciliation"
down_revision = "stock_by_form"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reconciliation_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("side", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=34), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("theirs", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("matched", sa.Integer(), nullable=False),
        sa.Column("explained", sa.Integer(), nullable=False),
        sa.Column("unexplained", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "side in ('gateway','bank')", name=op.f("ck_reconciliation_run_side_is_known")
        ),
        sa.CheckConstraint(
            "least(matched, explained, unexplained) >= 0",
            name=op.f("ck_reconciliation_run_counts_are_counts"),
        ),
        sa.CheckConstraint("since < until", name=op.f("ck_reconciliation_run_it_covers_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_run")),
    )
    op.create_table(
        "reconciliation_item",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("ref", sa.String(length=160), nullable=False),
        sa.Column("their_id", sa.String(length=160), nullable=False),
        sa.Column("our_key", sa.String(length=200), nullable=False),
        sa.Column("theirs", sa.BigInteger(), nullable=True),
        sa.Column("ours", sa.BigInteger(), nullable=True),
        sa.Column("effect", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "explained or case_id is not null",
            name=op.f("ck_reconciliation_item_explained_or_a_case"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["payment_case.id"],
            name=op.f("fk_reconciliation_item_case_id_payment_case"),
        ),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["reconciliation_run.id"],
            name=op.f("fk_reconciliation_item_run_id_reconciliation_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliation_item")),
        sa.UniqueConstraint("run_id", "key", name=op.f("uq_reconciliation_item_run_id_key")),
    )
    op.create_index(
        op.f("ix_reconciliation_item_run_id"), "reconciliation_item", ["run_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_reconciliation_item_run_id"), table_name="reconciliation_item")
    op.drop_table("reconciliation_item")
    op.drop_table("reconciliation_run")
