"""Contracts as they were accepted, and what people consented to."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import triggers
from core.db import Model
from finance.contracts.contract import Contract


class KeptContract(Model):
    """A contract with the instant and way of its acceptance; append-only.

    number      of the loan or advance it is the contract of
    body        the canonical JSON; the database checks that `hash` is its SHA-256
    text_hash   of the key facts in `language`, which the borrower was shown
    seen_hash   the hash that the form brought back; "" where no page was shown
    how         checkbox, button, or service (made without a page)
    """

    __tablename__ = "contract"
    __table_args__ = (
        Index("ix_contract_subject", "subject", "subject_id"),
        CheckConstraint("subject in ('buyer','seller')", name="subject_is_known"),
        CheckConstraint("language in ('en','zh')", name="language_is_known"),
        CheckConstraint("how in ('checkbox','button','service')", name="way_is_known"),
        CheckConstraint(
            "hash = encode(sha256(convert_to(body, 'UTF8')), 'hex')", name="hash_is_of_the_body"
        ),
        CheckConstraint("seen_hash in ('', hash)", name="was_seen_as_kept"),
        CheckConstraint("length(text_hash) = 64", name="text_hash_is_whole"),
        {"info": {"append_only": True}},
    )

    number: Mapped[str] = mapped_column(String(20), unique=True)
    subject: Mapped[str] = mapped_column(String(6))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    product: Mapped[str] = mapped_column(String(30))
    regime: Mapped[str] = mapped_column(String(2))
    body: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(2))
    text_hash: Mapped[str] = mapped_column(String(64))
    seen_hash: Mapped[str] = mapped_column(String(64), default="")
    how: Mapped[str] = mapped_column(String(10))
    accepted_at: Mapped[datetime]

    @property
    def contract(self) -> Contract:
        """The contract as it was agreed."""
        return Contract.from_text(self.body)


class Consent(Model):
    """One consent to one purpose; another one is another row. Only `revoked_at` is ever filled in.

    purpose   scoring, bank (sharing with the bank `receiver`), marketing, autopay
    fields    names of what may be used
    basis     consent, or mandate (autopay)
    ref       what it is for, such as the number of a plan; "" for all
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index(
            "uq_consent_one_in_force",
            "subject",
            "subject_id",
            "purpose",
            "receiver",
            "ref",
            unique=True,
            postgresql_where="revoked_at is null",
        ),
        CheckConstraint("subject in ('buyer','seller')", name="subject_is_known"),
        CheckConstraint(
            "purpose in ('scoring','bank','marketing','autopay')", name="purpose_is_known"
        ),
        CheckConstraint("basis in ('consent','mandate')", name="basis_is_known"),
        CheckConstraint("length(text_hash) = 64", name="text_hash_is_whole"),
        CheckConstraint("revoked_at >= begins_at", name="revoked_after_it_began"),
        CheckConstraint("ends_at > begins_at", name="ends_after_it_began"),
        {
            "info": {
                "frozen": "subject subject_id purpose fields receiver basis ref begins_at ends_at "
                "language text_hash"
            }
        },
    )

    subject: Mapped[str] = mapped_column(String(6))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(10))
    fields: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    receiver: Mapped[str] = mapped_column(String(80))
    basis: Mapped[str] = mapped_column(String(10))
    ref: Mapped[str] = mapped_column(String(40), default="")
    begins_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    language: Mapped[str] = mapped_column(String(2))
    text_hash: Mapped[str] = mapped_column(String(64))


triggers.expect(
    {
        "contract_stays": "lender_refuse",
        "consent_stays": "lender_refuse",
        "consent_is_revoked_once": "consent_revoke",
    },
    {"consent_revoke": "8896b925d414cf2929c8ea85026a8943"},
)
