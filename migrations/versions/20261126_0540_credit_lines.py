"""lines of credit: the line, its purchases, statements and history; a payment may pay several loans

Deployed while the previous release still runs: its payments pay one loan each, which still counts once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "credit_lines"
down_revision = "people_and_ladders"
branch_labels = None
depends_on = None

_KEPT = ("line_draw", "line_statement", "line_event")


def _common(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of_line(table: str) -> list[sa.schema.SchemaItem]:
    name = op.f(f"fk_{table}_line_id_credit_line")
    return [
        *_common(table),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["line_id"], ["credit_line.id"], name=name),
    ]


def _amounts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(*columns, name=op.f(f"uq_{table}_{'_'.join(columns)}"))


def _line() -> None:
    table = "credit_line"
    op.create_table(
        table,
        *_common(table),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("credit_limit", sa.BigInteger(), nullable=False),
        sa.Column("own_ceiling", sa.BigInteger()),
        sa.Column("daily_ppm", sa.Integer(), nullable=False),
        sa.Column("terms", postgresql.JSONB(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("next_closing_on", sa.Date(), nullable=False),
        sa.Column("autopay", sa.String(5), nullable=False),
        sa.Column("autopay_card_id", sa.BigInteger()),
        sa.Column("state", sa.String(6), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_credit_line_decision_id_decision")
        ),
        _unique(table, "number"),
        _check(table, "state_is_known", "state in ('open','closed')"),
        _check(table, "terms_are_positive", "credit_limit > 0 and daily_ppm > 0"),
        _check(table, "own_ceiling_is_lower", "own_ceiling between 0 and credit_limit"),
        _check(table, "closes_on_every_month", "closes between 1 and 28"),
        _check(table, "autopay_is_known", "autopay in ('','least','full')"),
    )
    open_one = sa.text("state = 'open'")
    op.create_index(
        "uq_credit_line_one_open", table, ["person_id"], unique=True, postgresql_where=open_one
    )
    op.create_index("ix_credit_line_closing", table, ["next_closing_on"])
    op.create_index(op.f("ix_credit_line_person_id"), table, ["person_id"])


def _draw() -> None:
    table = "line_draw"
    op.create_table(
        table,
        *_of_line(table),
        sa.Column("loan_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["loan_id"], ["loan.id"], name=op.f("fk_line_draw_loan_id_loan")),
        _unique(table, "loan_id"),
    )
    op.create_index(op.f("ix_line_draw_line_id"), table, ["line_id"])


def _statement() -> None:
    table = "line_statement"
    op.create_table(
        table,
        *_of_line(table),
        sa.Column("serial", sa.SmallInteger(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *_amounts("before", "bought", "interest", "came", "owed", "full", "least"),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        _unique(table, "line_id", "serial"),
        _unique(table, "line_id", "closed_on"),
        _check(table, "least_is_a_part", '"full" >= least and least >= 0'),
        _check(table, "adds_up", "before + bought + interest - came = owed"),
    )
    op.create_index(op.f("ix_line_statement_due_on"), table, ["due_on"])


def _event() -> None:
    table = "line_event"
    op.create_table(
        table,
        *_of_line(table),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        *_amounts("amount"),
        sa.Column("note", sa.String(240), nullable=False),
        _unique(table, "line_id", "key"),
    )


def upgrade() -> None:
    _line()
    _draw()
    _statement()
    _event()
    for table in _KEPT:
        op.execute(
            f"create trigger {table}_stays before update or delete or truncate on {table} "
            "for each statement execute function lender_refuse()"
        )
    op.execute(
        "create trigger credit_line_stays before delete or truncate on credit_line "
        "for each statement execute function lender_refuse()"
    )
    op.drop_constraint("uq_loan_payment_payment_id", "loan_payment")
    op.create_unique_constraint(
        op.f("uq_loan_payment_loan_id_payment_id"), "loan_payment", ["loan_id", "payment_id"]
    )


def downgrade() -> None:
    for table in (*reversed(_KEPT), "credit_line"):
        op.drop_table(table)
    op.drop_constraint("uq_loan_payment_loan_id_payment_id", "loan_payment")
    op.create_unique_constraint("uq_loan_payment_payment_id", "loan_payment", ["payment_id"])
