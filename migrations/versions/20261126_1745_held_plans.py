"""keep a plan that was agreed to beside a card until the card has paid

Deployed while the previous release runs: it writes none.
"""

import sqlalchemy as sa
from alembic import op

revision = "held_plans"
down_revision = "norms_prices_promises"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_plan",
        sa.Column("loan_number", sa.String(20), nullable=False),
        sa.Column("checkout_number", sa.String(20), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("seen_hash", sa.String(64), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "how in ('checkbox','button','service')", name=op.f("ck_held_plan_way_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_held_plan_decision_id_decision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_plan")),
        sa.UniqueConstraint("checkout_number", name=op.f("uq_held_plan_checkout_number")),
        sa.UniqueConstraint("loan_number", name=op.f("uq_held_plan_loan_number")),
    )
    op.execute(
        "create trigger held_plan_stays before update or delete or truncate on held_plan "
        "for each statement execute function lender_refuse()"
    )


def downgrade() -> None:
    op.drop_table("held_plan")
