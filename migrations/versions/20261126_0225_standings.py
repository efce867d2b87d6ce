"""how late each loan is, its stage, and its part of the loss allowance

What single loans had set aside becomes their part.
"""

import sqlalchemy as sa
from alembic import op

revision = "standings"
down_revision = "accounts_add_up"
branch_labels = None
depends_on = None

_BEFORE = """
    insert into loan_standing (book, contract_id, "on", currency, days_late, bucket, stage,
                               exposure, rate_ppm, allowance)
    select 'shoppers', id, coalesce(defaulted_on, began_on), currency, 90, 3, 3, provisioned,
           1000000, provisioned
      from loan where provisioned > 0
"""
_BACK = """
    update loan l set provisioned = s.allowance from loan_standing s
     where s.book = 'shoppers' and s.contract_id = l.id and s.stage = 3
"""


def upgrade() -> None:
    op.create_table(
        "loan_standing",
        sa.Column("book", sa.String(10), nullable=False),
        sa.Column("contract_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("days_late", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("exposure", sa.BigInteger(), nullable=False),
        sa.Column("rate_ppm", sa.Integer(), nullable=False),
        sa.Column("allowance", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "stage between 1 and 3 and days_late >= 0",
            name=op.f("ck_loan_standing_stage_is_known"),
        ),
        sa.CheckConstraint(
            "exposure >= 0 and allowance >= 0",
            name=op.f("ck_loan_standing_amounts_are_positive"),
        ),
        sa.PrimaryKeyConstraint("book", "contract_id", name=op.f("pk_loan_standing")),
    )
    op.execute(_BEFORE)
    op.execute("update loan set provisioned = 0 where provisioned > 0")


def downgrade() -> None:
    op.execute(_BACK)
    op.drop_table("loan_standing")
