"""remember where orders come from, and keep cases of suspected fraud

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "fraud_cases"
down_revision = "replay_runs"
branch_labels = None
depends_on = None

_NOW = sa.DateTime(timezone=True)


def _common(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _NOW, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _of_case(table: str) -> list[sa.schema.SchemaItem]:
    key = op.f(f"fk_{table}_case_id_fraud_case")
    return [
        *_common(table),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["fraud_case.id"], name=key),
    ]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    mark = sa.Column("fingerprint", sa.String(64), nullable=False, server_default="")
    op.add_column("card", mark)
    _traces()
    _cases()
    _events_and_orders()
    _proofs()
    _holds()


def _traces() -> None:
    table = "trace"
    op.create_table(
        table,
        *_common(table),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("checkout_id", sa.BigInteger()),
        sa.Column("device", sa.String(64), nullable=False),
        sa.Column("network", sa.String(32), nullable=False),
        sa.UniqueConstraint("checkout_id", name=op.f("uq_trace_checkout_id")),
    )
    op.create_index("ix_trace_person", table, ["person_id"])
    op.create_index("ix_trace_created_at", table, ["created_at"])


def _cases() -> None:
    table = "fraud_case"
    op.create_table(
        table,
        *_common(table),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(10), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("action", sa.String(10), nullable=False),
        sa.Column("closed_at", _NOW),
        _check(table, "subject_is_known", "subject in ('seller','buyer')"),
        _check(table, "state_is_known", "state in ('open','closed')"),
        _check(table, "action_is_known", "action in ('stop','review','haircut')"),
        _check(table, "closed_at_an_instant", "(state = 'closed') = (closed_at is not null)"),
        sa.UniqueConstraint("number", name=op.f("uq_fraud_case_number")),
    )
    subject = ["subject", "subject_id"]
    one = sa.text("state = 'open'")
    op.create_index("uq_fraud_case_one_open", table, subject, unique=True, postgresql_where=one)
    op.create_index("ix_fraud_case_subject", table, subject)


def _events_and_orders() -> None:
    table = "fraud_event"
    op.create_table(
        table,
        *_of_case(table),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("data", postgresql.JSONB(), nullable=False),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_fraud_event_case_id_key")),
    )
    table = "fraud_suspect_order"
    op.create_table(
        table,
        *_of_case(table),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.String(20), nullable=False),
        sa.Column("seller_id", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("signals", postgresql.JSONB(), nullable=False),
        sa.Column("cleared_at", _NOW),
        _check(table, "amount_is_positive", "amount > 0"),
        sa.UniqueConstraint("order_id", name=op.f("uq_fraud_suspect_order_order_id")),
    )
    op.create_index(op.f("ix_fraud_suspect_order_case_id"), table, ["case_id"])
    op.create_index("ix_fraud_suspect_order_seller", table, ["seller_id"])


def _proofs() -> None:
    table = "fraud_proof"
    op.create_table(
        table,
        *_of_case(table),
        sa.Column("order_id", sa.BigInteger(), nullable=False),
        sa.Column("order_number", sa.String(20), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("answer", sa.String(240), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", _NOW),
        _check(table, "state_is_known", "state in ('asked','accepted','refused')"),
        _check(table, "decided_by_somebody", "(state = 'asked') = (decided_by is null)"),
        sa.UniqueConstraint("case_id", "key", name=op.f("uq_fraud_proof_case_id_key")),
    )
    asked = sa.text("state = 'asked'")
    op.create_index("ix_fraud_proof_asked", table, ["id"], postgresql_where=asked)


def _holds() -> None:
    table = "fraud_hold"
    op.create_table(
        table,
        *_of_case(table),
        sa.Column("why", sa.String(160), nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", _NOW),
        _check(table, "state_is_known", "state in ('proposed','done','refused')"),
        _check(table, "says_why", "why <> ''"),
        _check(table, "two_people", "decided_by <> proposed_by"),
        _check(table, "decided_by_somebody", "(state = 'proposed') = (decided_by is null)"),
    )
    op.create_index(op.f("ix_fraud_hold_case_id"), table, ["case_id"])
    one = sa.text("state = 'proposed'")
    op.create_index("uq_fraud_hold_one_open", table, ["case_id"], unique=True, postgresql_where=one)


def downgrade() -> None:
    for table in (
        "fraud_hold",
        "fraud_proof",
        "fraud_suspect_order",
        "fraud_event",
        "fraud_case",
        "trace",
    ):
        op.drop_table(table)
    op.drop_column("card", "fingerprint")
