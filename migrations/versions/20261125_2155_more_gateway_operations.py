"""let payments hold, capture, reverse, pay out to our bank and send evidence

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "gateway_port"
down_revision = "checkout_parts"
branch_labels = None
depends_on = None

KINDS = ("charge", "refund", "payout")
MORE_KINDS = (
    "charge",
    "capture",
    "cancel",
    "refund",
    "payout",
    "reversal",
    "platform",
    "evidence",
)
STATES = (
    "intended",
    "sending",
    "unknown",
    "requires_action",
    "processing",
    "refused",
    "succeeded",
    "failed",
)
MORE_STATES = (*STATES[:5], "requires_capture", *STATES[5:])


def _held_to(table: str, column: str, values: tuple[str, ...]) -> None:
    name = op.f(f"ck_{table}_{column}_is_known")
    op.drop_constraint(name, table, type_="check")
    known = ", ".join(f"'{value}'" for value in values)
    op.create_check_constraint(name, table, f"{column} in ({known})")


def upgrade() -> None:
    _held_to("gateway_op", "kind", MORE_KINDS)
    _held_to("gateway_op", "state", MORE_STATES)
    _held_to("payment", "state", MORE_STATES)
    op.add_column(
        "gateway_op",
        sa.Column("reversed_minor", sa.BigInteger(), server_default="0", nullable=False),
    )
    op.create_check_constraint(
        op.f("ck_gateway_op_reversed_at_most_paid_out"),
        "gateway_op",
        "reversed_minor between 0 and amount",
    )
    op.add_column(
        "gateway_event",
        sa.Column("account", sa.String(length=120), server_default="", nullable=False),
    )


def downgrade() -> None:
    op.drop_column("gateway_event", "account")
    op.drop_constraint(op.f("ck_gateway_op_reversed_at_most_paid_out"), "gateway_op")
    op.drop_column("gateway_op", "reversed_minor")
    _held_to("payment", "state", STATES)
    _held_to("gateway_op", "state", STATES)
    _held_to("gateway_op", "kind", KINDS)
