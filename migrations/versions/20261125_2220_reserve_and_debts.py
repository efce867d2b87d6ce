"""keep a rolling reserve, write off what a seller owes

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "reserve_and_debts"
down_revision = "wallet"
branch_labels = None
depends_on = None


def upgrade() -> None:
    told = sa.Column("explanation", sa.String(400), nullable=False, server_default="")
    op.add_column("seller_terms", told)
    op.add_column("seller_terms", sa.Column("explained_at", sa.DateTime(timezone=True)))
    _make_reserve()
    _make_write_offs()


def _make_reserve() -> None:
    op.create_table(
        "reserve_hold",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.String(20), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("releases_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("released_on", sa.Date()),
        sa.Column("released_by", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reserve_hold")),
        sa.UniqueConstraint("order_number", name=op.f("uq_reserve_hold_order_number")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["seller.id"], name=op.f("fk_reserve_hold_seller_id_seller")
        ),
        sa.ForeignKeyConstraint(
            ["released_by"], ["person.id"], name=op.f("fk_reserve_hold_released_by_person")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reserve_hold_amount_is_positive")),
        sa.CheckConstraint("why <> ''", name=op.f("ck_reserve_hold_a_reserve_says_why")),
    )
    op.create_index(
        "ix_reserve_hold_open",
        "reserve_hold",
        ["seller_id", "releases_on"],
        postgresql_where=sa.text("released_on is null"),
    )


def _make_write_offs() -> None:
    op.create_table(
        "debt_write_off",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("written_off_by", sa.BigInteger(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debt_write_off")),
        sa.UniqueConstraint("key", name=op.f("uq_debt_write_off_key")),
        sa.ForeignKeyConstraint(
            ["seller_id"], ["seller.id"], name=op.f("fk_debt_write_off_seller_id_seller")
        ),
        sa.ForeignKeyConstraint(
            ["written_off_by"], ["person.id"], name=op.f("fk_debt_write_off_written_off_by_person")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_debt_write_off_amount_is_positive")),
        sa.CheckConstraint("why <> ''", name=op.f("ck_debt_write_off_a_write_off_says_why")),
    )
    op.create_index(op.f("ix_debt_write_off_seller_id"), "debt_write_off", ["seller_id"])


def downgrade() -> None:
    op.drop_table("debt_write_off")
    op.drop_table("reserve_hold")
    op.drop_column("seller_terms", "explained_at")
    op.drop_column("seller_terms", "explanation")
