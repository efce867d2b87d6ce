"""hold the bank's statements, our orders to it, and cases

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql  # noqa: F401

revision = "bank_rail"
down_revision = "settlement_terms"
branch_labels = None
depends_on = None

# What the bank said stays as it said it, and a line once placed stays where it is.
GUARD = """
create function bank_line_stays() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception '% of % is refused: the bank said so', tg_op, tg_table_name
      using errcode = 'restrict_violation';
  end if;
  if (old.account, old.line_id, old.booked_on, old.amount, old.currency, old.reference,
      old.end_to_end_id, old.counterparty, old.iban, old.text, old.comes_back, old.reason)
     is distinct from
     (new.account, new.line_id, new.booked_on, new.amount, new.currency, new.reference,
      new.end_to_end_id, new.counterparty, new.iban, new.text, new.comes_back, new.reason)
     or (old.journal_key is not null and new.journal_key is distinct from old.journal_key) then
    raise exception 'a bank line stays as the bank told it'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
create trigger bank_line_stays before update or delete on bank_line
  for each row execute function bank_line_stays();
create trigger bank_line_is_not_emptied before truncate on bank_line
  for each statement execute function bank_line_stays();
"""


def upgrade() -> None:
    op.create_table(
        "bank_order_file",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(length=35), nullable=False),
        sa.Column("order_count", sa.Integer(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint("order_count > 0", name=op.f("ck_bank_order_file_it_orders_something")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_order_file")),
        sa.UniqueConstraint("number", name=op.f("uq_bank_order_file_number")),
    )
    op.create_table(
        "bank_statement",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=34), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("closing", sa.BigInteger(), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.Column("line_count", sa.Integer(), nullable=False),
        sa.Column("new_count", sa.Integer(), nullable=False),
        sa.Column("taken_by", sa.String(length=60), nullable=False),
        sa.CheckConstraint(
            "(opening is null) = (closing is null)",
            name=op.f("ck_bank_statement_balances_come_together"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_statement")),
        sa.UniqueConstraint("account", "digest", name=op.f("uq_bank_statement_account_digest")),
    )
    op.create_table(
        "payment_case",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=60), nullable=False),
        sa.Column("how", sa.String(length=500), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed_at is not null and how <> '')",
            name=op.f("ck_payment_case_closed_says_how"),
        ),
        sa.CheckConstraint(
            "state in ('open','closed')", name=op.f("ck_payment_case_state_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_case")),
        sa.UniqueConstraint("key", name=op.f("uq_payment_case_key")),
    )
    op.create_index(
        "ix_payment_case_open",
        "payment_case",
        ["kind"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(op.f("ix_payment_case_ref"), "payment_case", ["ref"], unique=False)
    op.create_table(
        "bank_line",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("statement_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=34), nullable=False),
        sa.Column("line_id", sa.String(length=120), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reference", sa.String(length=25), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=140), nullable=False),
        sa.Column("counterparty", sa.String(length=140), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("comes_back", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=True),
        sa.Column("journal_key", sa.String(length=120), nullable=True),
        sa.CheckConstraint(
            "(state = 'new') = (journal_key is null)",
            name=op.f("ck_bank_line_posted_once_it_is_placed"),
        ),
        sa.CheckConstraint(
            "state in ('new','matched','suspended')", name=op.f("ck_bank_line_state_is_known")
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_bank_line_amount_moves")),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["bank_statement.id"],
            name=op.f("fk_bank_line_statement_id_bank_statement"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("account", "line_id", name=op.f("uq_bank_line_account_line_id")),
        sa.UniqueConstraint("journal_key", name=op.f("uq_bank_line_journal_key")),
    )
    op.create_index(op.f("ix_bank_line_booked_on"), "bank_line", ["booked_on"], unique=False)
    op.create_index(
        op.f("ix_bank_line_end_to_end_id"), "bank_line", ["end_to_end_id"], unique=False
    )
    op.create_index(
        "ix_bank_line_new",
        "bank_line",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'new'"),
    )
    op.create_index(op.f("ix_bank_line_op_id"), "bank_line", ["op_id"], unique=False)
    op.create_index(op.f("ix_bank_line_reference"), "bank_line", ["reference"], unique=False)
    op.create_index(op.f("ix_bank_line_statement_id"), "bank_line", ["statement_id"], unique=False)
    op.create_table(
        "bank_order",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("op_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("account", sa.String(length=34), nullable=False),
        sa.Column("holder", sa.String(length=140), nullable=False),
        sa.Column("end_to_end_id", sa.String(length=35), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=240), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind in ('payout','refund')", name=op.f("ck_bank_order_kind_is_known")),
        sa.CheckConstraint(
            "state in ('waiting','ordered','paid','returned','refused')",
            name=op.f("ck_bank_order_state_is_known"),
        ),
        sa.CheckConstraint(
            "state in ('waiting','refused') or file_id is not null",
            name=op.f("ck_bank_order_ordered_by_a_file"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_bank_order_amount_is_positive")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["bank_order_file.id"], name=op.f("fk_bank_order_file_id_bank_order_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_order")),
        sa.UniqueConstraint("end_to_end_id", name=op.f("uq_bank_order_end_to_end_id")),
        sa.UniqueConstraint("op_id", name=op.f("uq_bank_order_op_id")),
    )
    op.create_index(op.f("ix_bank_order_file_id"), "bank_order", ["file_id"], unique=False)
    op.create_index(
        "ix_bank_order_waiting",
        "bank_order",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.execute(GUARD)


def downgrade() -> None:
    op.execute("drop trigger bank_line_is_not_emptied on bank_line")
    op.execute("drop trigger bank_line_stays on bank_line")
    op.execute("drop function bank_line_stays")
    op.drop_index(
        "ix_bank_order_waiting",
        table_name="bank_order",
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index(op.f("ix_bank_order_file_id"), table_name="bank_order")
    op.drop_table("bank_order")
    op.drop_index(op.f("ix_bank_line_statement_id"), table_name="bank_line")
    op.drop_index(op.f("ix_bank_line_reference"), table_name="bank_line")
    op.drop_index(op.f("ix_bank_line_op_id"), table_name="bank_line")
    op.drop_index(
        "ix_bank_line_new", table_name="bank_line", postgresql_where=sa.text("state = 'new'")
    )
    op.drop_index(op.f("ix_bank_line_end_to_end_id"), table_name="bank_line")
    op.drop_index(op.f("ix_bank_line_booked_on"), table_name="bank_line")
    op.drop_table("bank_line")
    op.drop_index(op.f("ix_payment_case_ref"), table_name="payment_case")
    op.drop_index(
        "ix_payment_case_open",
        table_name="payment_case",
        postgresql_where=sa.text("state = 'open'"),
    )
    op.drop_table("payment_case")
    op.drop_table("bank_statement")
    op.drop_table("bank_order_file")
