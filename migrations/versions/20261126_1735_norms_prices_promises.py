"""keep what is usual in a category by day, each change of a price, and what was promised with an order

Prices of before are those of now, since when the variant is there: earlier changes are not known. Deployed while the previous release runs: it leaves the new columns of an order empty, and its
changes of prices are not in the log.
"""

import sqlalchemy as sa
from alembic import op

revision = "norms_prices_promises"
down_revision = "chunks_are_booked"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("orders", sa.Column("near", sa.Boolean(), nullable=True))
    op.add_column("orders", sa.Column("promised_days", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_orders_promise_is_in_days"), "orders", "promised_days between 0 and 60"
    )
    op.create_table(
        "goods_event",
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("variant_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "kind in ('priced','listed','unlisted')", name=op.f("ck_goods_event_kind_is_known")
        ),
        sa.CheckConstraint(
            "case kind when 'priced' then variant_id is not null and price > 0 "
            "else variant_id is null and price is null and before is null end",
            name=op.f("ck_goods_event_prices_are_of_variants"),
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_goods_event_product_id_product")
        ),
        sa.ForeignKeyConstraint(
            ["variant_id"], ["variant.id"], name=op.f("fk_goods_event_variant_id_variant")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goods_event")),
    )
    op.create_index(op.f("ix_goods_event_seller_id"), "goods_event", ["seller_id"])
    op.create_table(
        "category_norm",
        sa.Column("category_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("as_of", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("bucket", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("part", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.BigInteger(), nullable=False),
        sa.Column("shops", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "part >= 0 and whole >= 0 and shops > 0", name=op.f("ck_category_norm_counts_are_counts")
        ),
        sa.PrimaryKeyConstraint(
            "as_of", "category_id", "kind", "bucket", name=op.f("pk_category_norm")
        ),
    )
    op.execute(
        "insert into goods_event (id, created_at, seller_id, product_id, variant_id, kind, price) "
        "select v.id, v.created_at, v.seller_id, v.product_id, v.id, 'priced', v.price from variant v"
    )
    op.execute(
        "insert into goods_event (id, created_at, seller_id, product_id, kind) "
        "select p.id, p.listed_at, p.seller_id, p.id, 'listed' from product p "
        "where p.listed_at is not null"
    )


def downgrade() -> None:
    op.drop_table("category_norm")
    op.drop_table("goods_event")
    op.drop_constraint(op.f("ck_orders_promise_is_in_days"), "orders")
    op.drop_column("orders", "promised_days")
    op.drop_column("orders", "near")
