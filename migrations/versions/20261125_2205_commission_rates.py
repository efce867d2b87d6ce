"""set commission by category and seller, freeze it by line, tax it apart

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "commission_rates"
down_revision = "gateway_port"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commission_rate",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category_id", sa.BigInteger()),
        sa.Column("seller_id", sa.BigInteger()),
        sa.Column("ppm", sa.Integer()),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.BigInteger()),
        sa.Column("note", sa.String(240), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commission_rate")),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name=op.f("fk_commission_rate_category_id_category")
        ),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["seller.id"], name=op.f("fk_commission_rate_seller_id_seller")
        ),
        sa.ForeignKeyConstraint(
            ["set_by"], ["person.id"], name=op.f("fk_commission_rate_set_by_person")
        ),
        sa.CheckConstraint(
            "ppm is null or ppm between 0 and 500000",
            name=op.f("ck_commission_rate_rate_is_a_share"),
        ),
    )
    for column in ("category_id", "seller_id"):
        op.create_index(op.f(f"ix_commission_rate_{column}"), "commission_rate", [column])
    op.add_column("order_line", sa.Column("commission_ppm", sa.Integer()))
    tax = sa.Column("tax_ppm", sa.Integer(), nullable=False, server_default="0")
    op.add_column("orders", tax)
    where = sa.Column("tax_jurisdiction", sa.String(8), nullable=False, server_default="")
    op.add_column("orders", where)


def downgrade() -> None:
    op.drop_column("orders", "tax_jurisdiction")
    op.drop_column("orders", "tax_ppm")
    op.drop_column("order_line", "commission_ppm")
    op.drop_table("commission_rate")
