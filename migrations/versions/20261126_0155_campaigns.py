"""campaigns of sellers, and what each financed order costs its seller"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "campaigns"
down_revision = "chunks_of_the_day"
branch_labels = None
depends_on = None

NOW = sa.DateTime(timezone=True)
MONEY = sa.BigInteger


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", MONEY(), primary_key=True),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("seller_id", MONEY(), nullable=False),
        sa.Column("title", sa.String(80), nullable=False),
        sa.Column("product_ids", JSONB(), nullable=False),
        sa.Column("tenors", JSONB(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("budget", MONEY(), nullable=False),
        sa.Column("spent", MONEY(), nullable=False),
        sa.Column("per_order_cap", MONEY(), nullable=False),
        sa.Column("fallback", sa.String(8), nullable=False),
        sa.Column("hold_out_ppm", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.UniqueConstraint("number", name="uq_campaign_number"),
        sa.UniqueConstraint("key", name="uq_campaign_key"),
        sa.CheckConstraint(
            "state in ('running','paused','ended')", name=op.f("ck_campaign_state_is_known")
        ),
        sa.CheckConstraint(
            "fallback in ('b3','paynow')", name=op.f("ck_campaign_fallback_is_known")
        ),
        sa.CheckConstraint(
            "spent between 0 and budget", name=op.f("ck_campaign_never_spend_beyond_the_budget")
        ),
        sa.CheckConstraint(
            "per_order_cap > 0 and ends_on >= starts_on", name=op.f("ck_campaign_terms_make_sense")
        ),
        sa.CheckConstraint(
            "hold_out_ppm between 0 and 500000", name=op.f("ck_campaign_hold_out_is_a_part")
        ),
    )
    op.create_index("ix_campaign_seller_id", "campaign", ["seller_id"])
    op.create_table(
        "subsidy",
        sa.Column("id", MONEY(), primary_key=True),
        sa.Column("created_at", NOW, nullable=False),
        sa.Column("loan_number", sa.String(20), nullable=False),
        sa.Column("order_number", sa.String(20), nullable=False),
        sa.Column("seller_id", MONEY(), nullable=False),
        sa.Column("campaign_id", MONEY()),
        *(
            sa.Column(name, MONEY(), nullable=False)
            for name in ("amount", "financed", "returned", "taken", "given_back", "earned")
        ),
        sa.Column("released_on", sa.Date()),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.UniqueConstraint("order_number", name="uq_subsidy_order_number"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_subsidy_campaign_id_campaign"
        ),
        sa.CheckConstraint(
            "amount > 0 and financed > 0", name=op.f("ck_subsidy_amounts_are_positive")
        ),
        sa.CheckConstraint(
            "returned between 0 and financed", name=op.f("ck_subsidy_never_return_more_than_lent")
        ),
        sa.CheckConstraint(
            "given_back between 0 and taken",
            name=op.f("ck_subsidy_never_give_back_more_than_taken"),
        ),
        sa.CheckConstraint(
            "earned between 0 and taken - given_back", name=op.f("ck_subsidy_earn_what_was_taken")
        ),
        sa.CheckConstraint(
            "taken - given_back <= amount", name=op.f("ck_subsidy_never_take_more_than_agreed")
        ),
    )
    for column in ("loan_number", "seller_id", "campaign_id"):
        op.create_index(f"ix_subsidy_{column}", "subsidy", [column])


def downgrade() -> None:
    op.drop_table("subsidy")
    op.drop_table("campaign")
