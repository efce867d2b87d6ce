"""what each night's replay of decisions found"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "replay_runs"
down_revision = "unlimited_never_short"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "replay_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("replayed", sa.Integer(), nullable=False),
        sa.Column("differing", sa.Integer(), nullable=False),
        sa.Column("found", JSONB(), nullable=False),
        sa.CheckConstraint(
            "differing between 0 and replayed",
            name=op.f("ck_replay_run_no_more_differ_than_there_are"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replay_run")),
    )


def downgrade() -> None:
    op.drop_table("replay_run")
