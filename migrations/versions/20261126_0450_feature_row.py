"""keep the features of a day

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "feature_row"
down_revision = "fraud_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feature_row",
        sa.Column("subject", sa.String(6), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("as_of_day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("definition", sa.String(64), nullable=False),
        sa.Column("figures", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "subject in ('seller','buyer')", name=op.f("ck_feature_row_subject_is_known")
        ),
        sa.PrimaryKeyConstraint(
            "subject", "subject_id", "as_of_day", "definition", name=op.f("pk_feature_row")
        ),
    )


def downgrade() -> None:
    op.drop_table("feature_row")
