"""lend sellers term loans, keep the terms and events that advances are folded from

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "term_loans"
down_revision = "states_by_rank"
branch_labels = None
depends_on = None

_AMOUNTS = ("micro", "recovered")
_DAYS = ("accrued_until", "acted_until", "late_since", "next_due_on", "paused_until")
_PRODUCTS = "'order_advance','sales_share','early_settlement'"
_STATES = "'active','repaid','canceled'"


def upgrade() -> None:
    _add_columns()
    _make_rows()
    _check(f"product in ({_PRODUCTS},'term_loan')", f"state in ({_STATES},'charged_off')")
    op.create_check_constraint(
        op.f("ck_advance_amounts_are_positive"), "advance", "micro >= 0 and recovered >= 0"
    )
    op.create_index(
        "uq_advance_one_term_loan",
        "advance",
        ["seller_id"],
        unique=True,
        postgresql_where=sa.text("state = 'active' and product = 'term_loan'"),
    )


def _add_columns() -> None:
    nothing = postgresql.JSONB(astext_type=sa.Text())
    for table, name in (("advance", "terms"), ("advance_event", "data")):
        op.add_column(table, sa.Column(name, nothing, nullable=False, server_default="{}"))
    for name in _AMOUNTS:
        column = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column("advance", column)
    op.add_column(
        "advance", sa.Column("entries", sa.Integer(), nullable=False, server_default="0")
    )
    for name in _DAYS:
        op.add_column("advance", sa.Column(name, sa.Date()))
    op.add_column(
        "advance", sa.Column("from_wallet", sa.Boolean(), nullable=False, server_default="false")
    )
    op.add_column("advance", sa.Column("card_id", sa.BigInteger()))


def _make_rows() -> None:
    amounts = ("principal", "principal_paid", "interest", "interest_paid")
    op.create_table(
        "advance_row",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advance_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in amounts),
        sa.Column("fell_due", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advance_row")),
        sa.UniqueConstraint("advance_id", "number", name=op.f("uq_advance_row_advance_id_number")),
        sa.ForeignKeyConstraint(
            ["advance_id"], ["advance.id"], name=op.f("fk_advance_row_advance_id_advance")
        ),
        sa.CheckConstraint(
            "principal_paid between 0 and principal and interest_paid between 0 and interest",
            name=op.f("ck_advance_row_never_pay_more_than_owed"),
        ),
    )


def _check(products: str, states: str) -> None:
    """Hold the columns to these words."""
    for name, rule in (("product_is_known", products), ("state_is_known", states)):
        op.drop_constraint(op.f(f"ck_advance_{name}"), "advance", type_="check")
        op.create_check_constraint(op.f(f"ck_advance_{name}"), "advance", rule)


def downgrade() -> None:
    """Only where no term loan was lent and nothing charged off: their rows have no older form."""
    op.drop_index("uq_advance_one_term_loan", table_name="advance")
    op.drop_constraint(op.f("ck_advance_amounts_are_positive"), "advance", type_="check")
    _check(f"product in ({_PRODUCTS})", f"state in ({_STATES})")
    op.drop_table("advance_row")
    for name in (*_AMOUNTS, "entries", *_DAYS, "from_wallet", "card_id", "terms"):
        op.drop_column("advance", name)
    op.drop_column("advance_event", "data")
