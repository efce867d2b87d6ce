"""files of evidence, and answers that were not taken

Deployed while the previous release still runs: add first, remove in a later release.
"""

import sqlalchemy as sa
from alembic import op

revision = "evidence_files"
down_revision = "term_loans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "media_type in ('application/pdf','image/png','image/jpeg')",
            name=op.f("ck_evidence_file_type_is_known"),
        ),
        sa.CheckConstraint(
            "octet_length(body) between 1 and 4500000", name=op.f("ck_evidence_file_size_is_taken")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
        sa.UniqueConstraint("digest", name=op.f("uq_evidence_file_digest")),
    )
    op.create_table(
        "dispute_document",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("seller_id", sa.BigInteger()),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("media_type", sa.String(20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.String(40), nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_dispute_document_size_is_positive")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["dispute_case.id"], name=op.f("fk_dispute_document_case_id_dispute_case")
        ),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["evidence_file.digest"],
            name=op.f("fk_dispute_document_digest_evidence_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_document")),
        sa.UniqueConstraint("case_id", "field", name=op.f("uq_dispute_document_case_id_field")),
    )
    op.create_index("ix_dispute_document_digest", "dispute_document", ["digest"])
    op.add_column(
        "dispute_case", sa.Column("refused", sa.String(240), server_default="", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("dispute_case", "refused")
    op.drop_table("dispute_document")
    op.drop_table("evidence_file")
