"""keep the tax that prices contain: class of goods, rate and amount of each line sold, of refunds"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "taxes_contained"
down_revision = "proposals_withdrawn"
branch_labels = None
depends_on = None

RULES = (
    ("product", "tax_class_is_known", "tax_class in ('standard','reduced','zero')"),
    ("order_line", "tax_is_a_part", "tax >= 0 and tax_ppm between 0 and 1000000"),
    ("order_line", "no_tax_without_a_rate", "tax_ppm > 0 or tax = 0"),
)
LINE: tuple[tuple[str, sa.types.TypeEngine[object], str], ...] = (
    ("tax_class", sa.String(10), ""),
    ("tax_name", sa.String(10), ""),
    ("tax_ppm", sa.Integer(), "0"),
    ("tax", sa.BigInteger(), "0"),
)


def upgrade() -> None:
    product = sa.Column("tax_class", sa.String(10), server_default="standard", nullable=False)
    op.add_column("product", product)
    for name, kind, default in LINE:
        op.add_column(
            "order_line", sa.Column(name, kind, server_default=default, nullable=False)
        )
    op.add_column("refund", sa.Column("taxes", JSONB(), nullable=True))
    for table, name, rule in RULES:
        op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def downgrade() -> None:
    op.drop_column("refund", "taxes")
    for name, _, _ in LINE:
        op.drop_column("order_line", name)
    op.drop_constraint(op.f("ck_product_tax_class_is_known"), "product")
    op.drop_column("product", "tax_class")
