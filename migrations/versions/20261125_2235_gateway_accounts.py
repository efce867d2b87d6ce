"""let sellers have accounts at the gateway

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "gateway_accounts"
down_revision = "api_keys"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "gateway_account",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("gateway", sa.String(length=20), nullable=False),
        sa.Column("account_id", sa.String(length=120), nullable=True),
        sa.Column("payouts_enabled", sa.Boolean(), nullable=False),
        sa.Column("enabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_account")),
        sa.UniqueConstraint(
            "gateway", "account_id", name=op.f("uq_gateway_account_gateway_account_id")
        ),
        sa.UniqueConstraint(
            "gateway", "seller_id", name=op.f("uq_gateway_account_gateway_seller_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("gateway_account")
