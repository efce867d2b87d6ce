"""let sellers ask for air, and two admins give money up

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "capital_care"
down_revision = "answers_by_key"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.alter_column("advance", "state", type_=sa.String(12))  # charged_off is longer
    op.add_column(
        "advance", sa.Column("lost", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.create_check_constraint(
        op.f("ck_advance_recover_at_most_what_was_lost"), "advance", "recovered <= lost"
    )
    _make("hardship_request", *_REQUEST)
    op.create_index("ix_hardship_request_asked", "hardship_request", ["id"],
                    postgresql_where=sa.text("state = 'asked'"))
    _make("give_up", *_GIVE_UP)
    op.create_index("uq_give_up_one_open", "give_up", ["advance_id"], unique=True,
                    postgresql_where=sa.text("state = 'proposed'"))


_DECIDED = (
    ("decided_by", sa.BigInteger(), True),
    ("decided_at", sa.DateTime(timezone=True), True),
)
_REQUEST = (
    (
        ("seller_id", sa.BigInteger(), False),
        ("key", sa.String(60), False),
        ("choice", sa.String(10), False),
        ("why", sa.String(400), False),
        ("state", sa.String(10), False),
        ("answer", sa.String(240), False),
        *_DECIDED,
    ),
    {
        "state_is_known": "state in ('asked','granted','declined')",
        "choice_is_known": "choice in ('pause','lower','longer')",
    },
    ("seller_id", "key"),
)
_GIVE_UP = (
    (
        ("kind", sa.String(10), False),
        ("amount", sa.BigInteger(), False),
        ("why", sa.String(240), False),
        ("proposed_by", sa.BigInteger(), False),
        ("state", sa.String(10), False),
        *_DECIDED,
    ),
    {
        "state_is_known": "state in ('proposed','done','refused')",
        "kind_is_known": "kind in ('charge_off','waive')",
        "says_how_much_and_why": "amount > 0 and why <> ''",
        "two_people": "decided_by <> proposed_by",
        "decided_by_somebody": "(state = 'proposed') = (decided_by is null)",
    },
    (),
)


def _make(
    name: str,
    columns: tuple[tuple[str, sa.types.TypeEngine, bool], ...],
    checks: dict[str, str],
    unique: tuple[str, ...],
) -> None:
    """A table of things that concern an advance."""
    parts: list[sa.schema.SchemaItem] = [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("advance_id", sa.BigInteger(), nullable=False),
        *(sa.Column(column, kind, nullable=empty) for column, kind, empty in columns),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.ForeignKeyConstraint(
            ["advance_id"], ["advance.id"], name=op.f(f"fk_{name}_advance_id_advance")
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{name}_{n}")) for n, rule in checks.items()),
    ]
    if unique:
        parts.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")))
    op.create_table(name, *parts)
    op.create_index(op.f(f"ix_{name}_advance_id"), name, ["advance_id"])


def downgrade() -> None:
    op.drop_table("give_up")
    op.drop_table("hardship_request")
    op.drop_constraint(op.f("ck_advance_recover_at_most_what_was_lost"), "advance", type_="check")
    op.drop_column("advance", "lost")
    op.alter_column("advance", "state", type_=sa.String(10))
