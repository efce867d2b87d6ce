"""people look at decisions again, and what came of it"""

import sqlalchemy as sa
from alembic import op

revision = "reviews"
down_revision = "early_warnings"
branch_labels = None
depends_on = None


def _common(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("needs_two", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(400), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f(f"fk_{table}_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("decision_id", name=op.f(f"uq_{table}_decision_id")),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    table = "decision_review"
    op.create_table(
        table,
        *_common(table),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.String(400), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("proposed_by", sa.BigInteger()),
        _check(table, "state_is_known", "state in ('asked','proposed','done')"),
        _check(table, "amount_is_positive", "amount >= 0"),
        _check(table, "proposed_by_somebody", "(state = 'asked') = (proposed_by is null)"),
    )
    op.create_index("ix_decision_review_open", table, ["state", "due_at"])
    table = "decision_override"
    op.create_table(
        table,
        *_common(table),
        sa.Column("product", sa.String(30), nullable=False),
        sa.Column("decided_by", sa.BigInteger(), nullable=False),
        sa.Column("second_by", sa.BigInteger()),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        _check(table, "says_how_much_and_why", "amount >= 0 and reason <> ''"),
        _check(table, "two_people", "second_by <> decided_by"),
        _check(table, "large_sums_need_two", "not needs_two or second_by is not null"),
    )
    op.create_index("ix_decision_override_subject", table, ["subject", "subject_id", "product"])


def downgrade() -> None:
    op.drop_table("decision_override")
    op.drop_table("decision_review")
