"""challengers' answers in the shadow, and looks at the cards"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "watch"
down_revision = "prices"
branch_labels = None
depends_on = None


def _common() -> list[sa.Column]:
    return [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()
    ]


def upgrade() -> None:
    table = "shadow_answer"
    op.create_table(
        table,
        *_common(),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.String(40), nullable=False),
        sa.Column("card_hash", sa.String(64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(1), nullable=False),
        sa.Column("pd_ppm", sa.Integer(), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=False),
        *_checks(
            table,
            {
                "score_in_range": "score between 350 and 950",
                "grade_is_known": "grade in ('A','B','C','D','E')",
                "pd_is_a_share": "pd_ppm between 0 and 1000000",
                "limit_is_positive": "credit_limit >= 0",
            },
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f(f"fk_{table}_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("decision_id", name=op.f(f"uq_{table}_decision_id")),
    )
    op.create_index(op.f("ix_shadow_answer_card"), table, ["card"])
    table = "watch_run"
    op.create_table(
        table,
        *_common(),
        sa.Column("level", sa.String(8), nullable=False),
        sa.Column("found", postgresql.JSONB(), nullable=False),
        *_checks(table, {"level_is_known": "level in ('calm','watch','stop')"}),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    op.drop_table("watch_run")
    op.drop_table("shadow_answer")
