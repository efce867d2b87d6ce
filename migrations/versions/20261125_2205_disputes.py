"""keep disputes, what is frozen for them, and what orders and payments count of them

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "disputes"
down_revision = "reserve_and_debts"
branch_labels = None
depends_on = None

OPEN = "state in ('warning', 'needs_response', 'under_review')"
STATES = (
    "state in ('warning', 'needs_response', 'under_review', 'won', 'lost', 'closed_warning')"
)
DISPUTE_CHECKS = {
    "state_is_known": STATES,
    "amount_is_positive": "amount > 0 and fee >= 0",
    "amounts_are_positive": "least(withdrawn, reinstated, lost, recovered) >= 0",
    "taken_before_given_back": "reinstated + lost <= withdrawn",
    "lost_before_recovered": "recovered <= lost",
    "counted_at_most_taken": "counted between 0 and withdrawn",
    "borne_at_most_counted": "borne between 0 and counted",
}
CASE_CHECKS = {
    "state_is_known": "state in ('open','sent','accepted','closed')",
    "answered_when_it_says": "(state = 'open') = (answered_at is null)",
}
SHARE_CHECKS = {
    "amount_is_positive": "amount >= 0",
    "wanted_at_most_disputed": "wanted between 0 and amount",
    "frozen_at_most_wanted": "frozen between 0 and wanted",
    "state_is_known": "state in ('told','open','won','lost')",
    "frozen_while_open": "state = 'open' or frozen = 0",
    "bearer_is_known": "borne_by in ('','seller','mall')",
}
NEVER_MORE = {  # table: (constraint, with disputes, as before)
    "payment": (
        "given_back_at_most_captured",
        "captured_minor >= refunded_minor + disputed_lost_minor + disputed_open_minor",
        "captured_minor >= refunded_minor + disputed_lost_minor",
    ),
    "orders": (
        "never_refund_more_than_paid",
        "refunded + disputed + mall_bore between 0 and total",
        "refunded between 0 and total",
    ),
    "checkout_share": (
        "never_refund_more_than_paid",
        "refunded >= 0 and disputed >= 0 and refunded + disputed <= amount",
        "refunded between 0 and amount",
    ),
}
COUNTERS = {
    "payment": "least(refunded_minor, disputed_lost_minor, disputed_open_minor) >= 0",
    "orders": "least(refunded, disputed, mall_bore) >= 0",
}


def upgrade() -> None:
    _count_them()
    _make_disputes()
    _make_cases()
    _make_shares()
    _make_the_sandbox()
    _guard()


def downgrade() -> None:
    op.execute("drop trigger payout_waits_for_disputes on payout")
    op.execute("drop function payout_waits_for_disputes()")
    op.execute("drop trigger dispute_moves_once on dispute")
    op.execute("drop function dispute_moves_once()")
    for table in ("sandbox_dispute", "dispute_share", "dispute_case", "dispute"):
        op.drop_table(table)
    op.drop_constraint(op.f("ck_orders_counters_are_positive"), "orders")
    op.drop_constraint(op.f("ck_payment_counters_are_positive"), "payment")
    for table, (name, _, before) in NEVER_MORE.items():
        _hold(table, name, before)
    op.create_check_constraint(
        op.f("ck_payment_counters_are_positive"),
        "payment",
        "refunded_minor >= 0 and disputed_lost_minor >= 0",
    )
    op.drop_column("payment", "disputed_open_minor")
    op.drop_column("checkout_share", "disputed")
    op.drop_column("orders", "mall_bore")
    op.drop_column("orders", "disputed")


def _hold(table: str, name: str, test: str) -> None:
    op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, test)


def _count_them() -> None:
    for table, name in (
        ("orders", "disputed"),
        ("orders", "mall_bore"),
        ("payment", "disputed_open_minor"),
        ("checkout_share", "disputed"),
    ):
        zero = sa.Column(name, sa.BigInteger(), nullable=False, server_default="0")
        op.add_column(table, zero)
    op.drop_constraint(op.f("ck_payment_counters_are_positive"), "payment")
    for table, (name, now, _) in NEVER_MORE.items():
        _hold(table, name, now)
    for table, test in COUNTERS.items():
        op.create_check_constraint(op.f(f"ck_{table}_counters_are_positive"), table, test)


def _row() -> list[sa.Column]:
    return [
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _texts(**lengths: int) -> list[sa.Column]:
    return [sa.Column(name, sa.String(length), nullable=False) for name, length in lengths.items()]


def _amounts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]


def _instants(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def _checks(table: str, checks: dict[str, str]) -> list[sa.CheckConstraint]:
    return [
        sa.CheckConstraint(test, name=op.f(f"ck_{table}_{name}")) for name, test in checks.items()
    ]


def _make_disputes() -> None:
    op.create_table(
        "dispute",
        *_row(),
        *_texts(number=20, gateway=20, dispute_id=120, currency=3, reason=40, state=16),
        *_amounts("payment_id", "amount", "fee", "withdrawn", "reinstated"),
        *_amounts("lost", "recovered", "counted", "borne"),
        *_instants("due_by", "withdrawn_at", "reinstated_at", "closed_at"),
        *_checks("dispute", DISPUTE_CHECKS),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"]),
        sa.UniqueConstraint("gateway", "dispute_id"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_dispute_due_by", "dispute", ["due_by"], postgresql_where=sa.text(OPEN))
    op.create_index("ix_dispute_payment_id", "dispute", ["payment_id"])


def _make_cases() -> None:
    op.create_table(
        "dispute_case",
        *_row(),
        *_texts(number=20, checkout_number=20, state=10, answered_by=40),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("op_id", sa.BigInteger()),
        *_instants("due_by", "answered_at"),
        *_checks("dispute_case", CASE_CHECKS),
        sa.UniqueConstraint("number"),
    )
    op.create_index("ix_dispute_case_checkout_number", "dispute_case", ["checkout_number"])
    where = sa.text("state = 'open'")
    op.create_index("ix_dispute_case_due_by", "dispute_case", ["due_by"], postgresql_where=where)


def _make_shares() -> None:
    op.create_table(
        "dispute_share",
        *_row(),
        *_amounts("case_id", "order_id", "seller_id", "amount", "wanted", "frozen"),
        *_texts(order_number=20, currency=3, state=10, borne_by=10, why=240),
        sa.Column("words", sa.Text(), nullable=False),
        *_instants("opened_at", "covered_at", "closed_at", "worded_at"),
        *_checks("dispute_share", SHARE_CHECKS),
        sa.ForeignKeyConstraint(["case_id"], ["dispute_case.id"]),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"]),
        sa.UniqueConstraint("case_id", "order_id"),
    )
    op.create_index("ix_dispute_share_case_id", "dispute_share", ["case_id"])
    op.create_index("ix_dispute_share_order_id", "dispute_share", ["order_id"])
    where = sa.text("state = 'open'")
    op.create_index(
        "ix_dispute_share_open", "dispute_share", ["seller_id"], postgresql_where=where
    )


def _make_the_sandbox() -> None:
    op.create_table(
        "sandbox_dispute",
        sa.Column("id", sa.String(80), primary_key=True),
        *_texts(charge_id=80, currency=3, reason=40),
        *_amounts("op_id", "amount"),
        sa.Column("takes_money", sa.Boolean(), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        *_instants("opened_at", "answered_at", "decides_at", "reinstated_at"),
        sa.Column("proved", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_sandbox_dispute_charge_id", "sandbox_dispute", ["charge_id"])


def _guard() -> None:
    """What must hold against raw SQL too: money of a dispute moves once, payouts wait for it."""
    op.execute(
        """
        create function dispute_moves_once() returns trigger language plpgsql as $$
        begin
          if (old.withdrawn > 0 and new.withdrawn <> old.withdrawn)
             or (old.reinstated > 0 and new.reinstated <> old.reinstated)
             or (old.lost > 0 and new.lost <> old.lost)
             or (old.recovered > 0 and new.recovered <> old.recovered)
             or new.fee < old.fee or new.payment_id <> old.payment_id
             or (old.closed_at is not null and new.closed_at is distinct from old.closed_at) then
            raise exception 'dispute % has moved before', old.number
              using errcode = 'restrict_violation';
          end if;
          return new;
        end $$;
        create trigger dispute_moves_once before update on dispute
          for each row execute function dispute_moves_once();
        create function payout_waits_for_disputes() returns trigger language plpgsql as $$
        begin
          if exists (select from dispute_share s where s.seller_id = new.seller_id
                     and s.state = 'open' and s.frozen < s.wanted) then
            raise exception 'a dispute of seller % wants more than is withheld', new.seller_id
              using errcode = 'restrict_violation';
          end if;
          return new;
        end $$;
        create trigger payout_waits_for_disputes before insert on payout
          for each row execute function payout_waits_for_disputes();
        """
    )
