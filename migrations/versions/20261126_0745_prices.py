"""prices in versions, by two admins"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "prices"
down_revision = "banks_sign_in"
branch_labels = None
depends_on = None

_TABLE = "price_version"
_RULES = {
    "state_is_known": "state in ('proposed','done','refused')",
    "two_people": "decided_by <> proposed_by",
    "decided_by_somebody": "(state = 'proposed') = (decided_by is null)",
    "numbered_when_in_force": "(state = 'done') = (number is not null)",
    "says_why": "why <> ''",
}


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("product", sa.String(30), nullable=False),
        sa.Column("regime", sa.String(4), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.Column("why", sa.String(240), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", sa.DateTime(timezone=True)),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_{_TABLE}_{name}"))
            for name, rule in _RULES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    place = ["product", "regime", "currency"]
    op.create_index("uq_price_version_number", _TABLE, [*place, "number"], unique=True)
    op.create_index(
        "uq_price_version_open",
        _TABLE,
        place,
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )


def downgrade() -> None:
    op.drop_table(_TABLE)
