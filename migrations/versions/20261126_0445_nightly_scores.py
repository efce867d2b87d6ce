"""features and scores of everyone, kept for a day"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "nightly_scores"
down_revision = "fraud_cases"
branch_labels = None
depends_on = None


def _subject(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        "subject in ('buyer','seller')", name=op.f(f"ck_{table}_subject_is_known")
    )


def _kept(table: str, *columns: sa.Column, more: tuple[str, ...] = (), checks=()) -> None:
    keys = ("subject", "subject_id", "as_of", "definition", *more)
    op.create_table(
        table,
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("as_of", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.String(16), nullable=False),
        *columns,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _subject(table),
        *checks,
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    op.create_table(
        "score_run",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("as_of", sa.Integer(), nullable=False),
        sa.Column("definition", sa.String(16), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("card_hash", sa.String(64), nullable=False),
        sa.Column("engine", sa.String(10), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        _subject("score_run"),
        sa.CheckConstraint("parts >= 1", name=op.f("ck_score_run_there_is_a_part")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_run")),
        sa.UniqueConstraint(
            "subject",
            "as_of",
            "definition",
            "card_hash",
            name=op.f("uq_score_run_subject_as_of_definition_card_hash"),
        ),
    )
    op.create_table(
        "score_chunk",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("run_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kept >= 0 and part >= 0", name=op.f("ck_score_chunk_counts_are_positive")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["score_run.id"], name=op.f("fk_score_chunk_run_id_score_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_score_chunk")),
        sa.UniqueConstraint(
            "run_id", "part", "last_id", name=op.f("uq_score_chunk_run_id_part_last_id")
        ),
    )
    _kept("feature_row", sa.Column("facts", JSONB(), nullable=False))
    _kept(
        "score_row",
        sa.Column("card_hash", sa.String(64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(1), nullable=False),
        sa.Column("pd_ppm", sa.Integer(), nullable=False),
        sa.Column("lost", JSONB(), nullable=False),
        more=("card_hash",),
        checks=(
            sa.CheckConstraint(
                "score between 350 and 950", name=op.f("ck_score_row_score_in_range")
            ),
            sa.CheckConstraint(
                "grade in ('A','B','C','D','E')", name=op.f("ck_score_row_grade_is_known")
            ),
            sa.CheckConstraint(
                "pd_ppm between 0 and 1000000", name=op.f("ck_score_row_pd_is_a_share")
            ),
        ),
    )


def downgrade() -> None:
    for table in ("score_row", "feature_row", "score_chunk", "score_run"):
        op.drop_table(table)
