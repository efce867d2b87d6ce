"""keep contracts as they were accepted, and what people consented to

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "contracts"
down_revision = "sets_in_line"
branch_labels = None
depends_on = None

REVOKE = """
create function consent_revoke() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null or new.revoked_at is null
    or (to_jsonb(new) - 'revoked_at') is distinct from (to_jsonb(old) - 'revoked_at')
  then
    raise exception 'a consent can be revoked once and is otherwise as it was given'
      using errcode = 'restrict_violation';
  end if;
  return new;
end $$;
"""


def upgrade() -> None:
    _contract()
    _consent()
    op.execute(REVOKE)
    op.execute(
        "create trigger contract_stays before update or delete or truncate on contract "
        "for each statement execute function lender_refuse()"
    )
    op.execute(
        "create trigger consent_stays before delete or truncate on consent "
        "for each statement execute function lender_refuse()"
    )
    op.execute(
        "create trigger consent_is_revoked_once before update on consent "
        "for each row execute function consent_revoke()"
    )


def _contract() -> None:
    op.create_table(
        "contract",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(6), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("product", sa.String(30), nullable=False),
        sa.Column("regime", sa.String(2), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.Column("seen_hash", sa.String(64), nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract")),
        sa.UniqueConstraint("number", name=op.f("uq_contract_number")),
        sa.CheckConstraint(
            "subject in ('buyer','seller')", name=op.f("ck_contract_subject_is_known")
        ),
        sa.CheckConstraint("language in ('en','zh')", name=op.f("ck_contract_language_is_known")),
        sa.CheckConstraint(
            "how in ('checkbox','button','service')", name=op.f("ck_contract_way_is_known")
        ),
        sa.CheckConstraint(
            "hash = encode(sha256(convert_to(body, 'UTF8')), 'hex')",
            name=op.f("ck_contract_hash_is_of_the_body"),
        ),
        sa.CheckConstraint("seen_hash in ('', hash)", name=op.f("ck_contract_was_seen_as_kept")),
        sa.CheckConstraint("length(text_hash) = 64", name=op.f("ck_contract_text_hash_is_whole")),
    )
    op.create_index("ix_contract_subject", "contract", ["subject", "subject_id"])


def _consent() -> None:
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("subject", sa.String(6), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("fields", postgresql.JSONB(), nullable=False),
        sa.Column("receiver", sa.String(80), nullable=False),
        sa.Column("basis", sa.String(10), nullable=False),
        sa.Column("ref", sa.String(40), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("text_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
        sa.CheckConstraint(
            "subject in ('buyer','seller')", name=op.f("ck_consent_subject_is_known")
        ),
        sa.CheckConstraint(
            "purpose in ('scoring','bank','marketing','autopay')",
            name=op.f("ck_consent_purpose_is_known"),
        ),
        sa.CheckConstraint("basis in ('consent','mandate')", name=op.f("ck_consent_basis_is_known")),
        sa.CheckConstraint("length(text_hash) = 64", name=op.f("ck_consent_text_hash_is_whole")),
        sa.CheckConstraint(
            "revoked_at >= begins_at", name=op.f("ck_consent_revoked_after_it_began")
        ),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_consent_ends_after_it_began")),
    )
    op.create_index(
        "uq_consent_one_in_force",
        "consent",
        ["subject", "subject_id", "purpose", "receiver", "ref"],
        unique=True,
        postgresql_where=sa.text("revoked_at is null"),
    )


def downgrade() -> None:
    op.drop_table("consent")
    op.drop_table("contract")
    op.execute("drop function consent_revoke()")
