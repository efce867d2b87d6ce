"""say of each deduction what releases it, keep terms with each seller

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "settlement_terms"
down_revision = "lender_guards"
branch_labels = None
depends_on = None

CHECKS = {
    "step_and_amount_are_known": "step between 0 and 8 and amount >= 0",
    "a_deduction_says_what_releases_it": "step in (0, 8) or released_by <> ''",
    "ceiling_is_not_negative": "ceiling is null or ceiling >= 0",
}
TERMS = {
    "never_hold_back_more_than_half": "holdback_ppm is null or holdback_ppm between 0 and 500000",
    "payout_day_fits": (
        "payout_every in ('daily','on_demand') and payout_day is null"
        " or payout_every = 'weekly' and payout_day is not null and payout_day between 1 and 7"
        " or payout_every = 'monthly' and payout_day is not null"
        " and payout_day between 1 and 31"
    ),
    "minimum_is_positive": "payout_minimum is null or payout_minimum > 0",
    "a_reserve_has_days_and_a_reason": (
        "reserve_ppm = 0 or reserve_ppm between 1 and 500000"
        " and reserve_days between 1 and 365 and reserve_reason <> ''"
    ),
    "cap_is_positive": "reserve_cap is null or reserve_cap > 0",
}


def upgrade() -> None:
    told = sa.Column("released_by", sa.String(240), nullable=False, server_default="")
    op.add_column("settlement_line", told)
    tied = sa.Column("tied", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("settlement_line", tied)
    op.add_column("settlement_line", sa.Column("releases_on", sa.Date()))
    op.add_column("settlement_line", sa.Column("ceiling", sa.BigInteger()))
    op.execute(
        "update settlement_line set released_by = 'Nothing is held: it was settled at once.',"
        " tied = step = 4 and reason <> 'advance_refund' where step not in (0, 8)"
    )
    for name, test in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_settlement_line_{name}"), "settlement_line", test)
    _make_terms()


def _make_terms() -> None:
    op.create_table(
        "seller_terms",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("holdback_ppm", sa.Integer()),
        sa.Column("jurisdiction", sa.String(8), nullable=False),
        sa.Column("payout_every", sa.String(10), nullable=False),
        sa.Column("payout_day", sa.SmallInteger()),
        sa.Column("payout_minimum", sa.BigInteger()),
        sa.Column("scheduled_until", sa.Date()),
        sa.Column("reserve_ppm", sa.Integer(), nullable=False),
        sa.Column("reserve_days", sa.SmallInteger(), nullable=False),
        sa.Column("reserve_cap", sa.BigInteger()),
        sa.Column("reserve_reason", sa.String(240), nullable=False),
        sa.Column("reserve_set_at", sa.DateTime(timezone=True)),
        sa.Column("reserve_set_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seller_terms")),
        sa.UniqueConstraint("seller_id", name=op.f("uq_seller_terms_seller_id")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["seller.id"], name=op.f("fk_seller_terms_seller_id_seller")
        ),
        sa.ForeignKeyConstraint(
            ["reserve_set_by"], ["person.id"], name=op.f("fk_seller_terms_reserve_set_by_person")
        ),
        *(sa.CheckConstraint(t, name=op.f(f"ck_seller_terms_{n}")) for n, t in TERMS.items()),
    )


def downgrade() -> None:
    op.drop_table("seller_terms")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_settlement_line_{name}"), "settlement_line")
    for column in ("ceiling", "releases_on", "tied", "released_by"):
        op.drop_column("settlement_line", column)
