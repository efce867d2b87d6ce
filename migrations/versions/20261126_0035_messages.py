"""messages to people, mails on their way, and the language people want

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "messages"
down_revision = "hash_chain"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("about", sa.String(120), nullable=False),
        sa.Column("on_day", sa.Date()),
        sa.Column("language", sa.String(5), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("link", sa.String(300), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("erased_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "(about = '') = (on_day is null)", name=op.f("ck_message_quiet_has_a_day")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index("uq_message_key", "message", ["person_id", "key"], unique=True)
    op.create_index(
        "uq_message_about_a_day",
        "message",
        ["person_id", "about", "on_day"],
        unique=True,
        postgresql_where=sa.text("about <> ''"),
    )
    op.create_index(
        "ix_message_unread",
        "message",
        ["person_id"],
        postgresql_where=sa.text("read_at is null"),
    )
    op.create_index("ix_message_person_id_id", "message", ["person_id", "id"])
    _mails()
    op.create_table(
        "message_wish",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("language", sa.String(5), nullable=False),
        sa.CheckConstraint(
            "language in ('en','zh')", name=op.f("ck_message_wish_language_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_wish")),
        sa.UniqueConstraint("person_id", name=op.f("uq_message_wish_person_id")),
    )


def _mails() -> None:
    op.create_table(
        "message_mail",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(
            "state in ('waiting','sent','refused','given_up','canceled')",
            name=op.f("ck_message_mail_state_is_known"),
        ),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at is not null)",
            name=op.f("ck_message_mail_sent_has_a_time"),
        ),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_message_mail_tries_are_counted")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_mail_message_id_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_message_mail_message_id")),
    )
    op.create_index(
        "ix_message_mail_waiting",
        "message_mail",
        ["next_at"],
        postgresql_where=sa.text("state = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("message_wish")
    op.drop_table("message_mail")
    op.drop_table("message")
