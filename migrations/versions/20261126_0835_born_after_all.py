"""a birth date given wrongly is corrected once"""

import sqlalchemy as sa
from alembic import op

revision = "born_after_all"
down_revision = "refunds_say_sources"
branch_labels = None
depends_on = None

_TABLE = "born_correction"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("corrected_by", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("why <> ''", name=op.f(f"ck_{_TABLE}_says_why")),
        sa.CheckConstraint("born_on <> said_on", name=op.f(f"ck_{_TABLE}_corrects_something")),
        sa.CheckConstraint("corrected_by <> person_id", name=op.f(f"ck_{_TABLE}_not_by_oneself")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
        sa.UniqueConstraint("person_id", name=op.f(f"uq_{_TABLE}_person_id")),
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
