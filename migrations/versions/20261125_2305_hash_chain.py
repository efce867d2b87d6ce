"""seal every journal in a chain of hashes

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "hash_chain"
down_revision = "two_roles"
branch_labels = None
depends_on = None

GENESIS = "0" * 64


def upgrade() -> None:
    op.create_table(
        "chain_link",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("journal_id", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column(
            "sealed_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("after", sa.BigInteger(), sa.Computed("nullif(seq - 1, 0)", persisted=True)),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_chain_link")),
        sa.UniqueConstraint("seq", "hash", name=op.f("uq_chain_link_seq_hash")),
        sa.UniqueConstraint("journal_id", name=op.f("uq_chain_link_journal_id")),
        sa.UniqueConstraint("previous", name=op.f("uq_chain_link_previous")),
        sa.ForeignKeyConstraint(
            ["journal_id"],
            ["ledger_journal.id"],
            name=op.f("fk_chain_link_journal_id_ledger_journal"),
        ),
        sa.ForeignKeyConstraint(
            ["after", "previous"],
            ["chain_link.seq", "chain_link.hash"],
            name=op.f("fk_chain_link_after_previous_chain_link"),
        ),
        sa.CheckConstraint("seq > 0", name=op.f("ck_chain_link_seq_is_positive")),
        sa.CheckConstraint(
            f"seq > 1 or previous = '{GENESIS}'", name=op.f("ck_chain_link_begins_with_nothing")
        ),
        sa.CheckConstraint("length(hash) = 64", name=op.f("ck_chain_link_hash_is_whole")),
    )
    op.create_table(
        "chain_head",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_chain_head")),
        sa.ForeignKeyConstraint(
            ["seq"], ["chain_link.seq"], name=op.f("fk_chain_head_seq_chain_link")
        ),
    )


def downgrade() -> None:
    op.drop_table("chain_head")
    op.drop_table("chain_link")
