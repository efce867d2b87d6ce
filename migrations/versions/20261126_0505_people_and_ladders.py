"""when borrowers were born, what raises they agreed to, and own ceilings that rise after a night"""

import sqlalchemy as sa
from alembic import op

revision = "people_and_ladders"
down_revision = "the_function_asks"
branch_labels = None
depends_on = None


def _common(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    op.create_table(
        "borrower",
        *_common("borrower"),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.UniqueConstraint("person_id", name=op.f("uq_borrower_person_id")),
    )
    op.create_table(
        "limit_raise",
        *_common("limit_raise"),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("from_ppm", sa.Integer(), nullable=False),
        sa.Column("to_ppm", sa.Integer(), nullable=False),
        sa.CheckConstraint("to_ppm > from_ppm and from_ppm > 0", name=op.f("ck_limit_raise_only_up")),
    )
    op.create_index("ix_limit_raise_person", "limit_raise", ["person_id", "id"])
    op.add_column("exposure", sa.Column("raised_ceiling", sa.BigInteger()))
    op.add_column("exposure", sa.Column("raised_from", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("exposure", "raised_from")
    op.drop_column("exposure", "raised_ceiling")
    op.drop_table("limit_raise")
    op.drop_table("borrower")
