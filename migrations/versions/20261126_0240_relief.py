"""shoppers ask for air on a plan, and two admins give money up

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "relief"
down_revision = "loans_add_up"
branch_labels = None
depends_on = None


def _common(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f(f"fk_{table}_loan_id_loan")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    table = "loan_relief"
    op.create_table(
        table,
        *_common(table),
        sa.Column("borrower_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("choice", sa.String(10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(400), nullable=False),
        sa.Column("calm_until", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.String(240), nullable=False),
        _check(table, "state_is_known", "state in ('asked','granted','declined')"),
        _check(table, "choice_is_known", "choice in ('move','halve','freeze','longer')"),
        _check(table, "days_are_few", "days between 0 and 60"),
        sa.UniqueConstraint("borrower_id", "key", name=op.f("uq_loan_relief_borrower_id_key")),
    )
    op.create_index(op.f("ix_loan_relief_loan_id"), table, ["loan_id"])
    op.create_index(
        "ix_loan_relief_asked", table, ["id"], postgresql_where=sa.text("state = 'asked'")
    )
    table = "loan_give_up"
    op.create_table(
        table,
        *_common(table),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        _check(table, "state_is_known", "state in ('proposed','done','refused')"),
        _check(table, "kind_is_known", "kind in ('charge_off','waive')"),
        _check(table, "says_how_much_and_why", "amount > 0 and why <> ''"),
        _check(table, "two_people", "decided_by <> proposed_by"),
        _check(table, "decided_by_somebody", "(state = 'proposed') = (decided_by is null)"),
    )
    op.create_index(op.f("ix_loan_give_up_loan_id"), table, ["loan_id"])
    op.create_index(
        "uq_loan_give_up_one_open",
        table,
        ["loan_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table("loan_give_up")
    op.drop_table("loan_relief")
