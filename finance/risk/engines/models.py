"""What a night computed of everyone: runs, how far they came, features and scores as of a day."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core import clock
from core.db import Base, Model


class ScoreRun(Model):
    """Everyone scored as of the start of a day, once for each definition and card.

    as_of       a day number: what was known before that day
    definition  which text and relations (engines.definition), so that a change starts anew
    parts       how many the subjects were divided into when the run began
    """

    __tablename__ = "score_run"
    __table_args__ = (
        UniqueConstraint("subject", "as_of", "definition", "card_hash"),
        CheckConstraint("subject in ('buyer','seller')", name="subject_is_known"),
        CheckConstraint("parts >= 1", name="there_is_a_part"),
        {"info": {"frozen": "subject as_of definition card card_hash engine parts"}},
    )

    subject: Mapped[str] = mapped_column(String(10))
    as_of: Mapped[int] = mapped_column(Integer)
    definition: Mapped[str] = mapped_column(String(16))
    card: Mapped[str] = mapped_column(String(40))
    card_hash: Mapped[str] = mapped_column(String(64))
    engine: Mapped[str] = mapped_column(String(10))
    parts: Mapped[int]
    finished_at: Mapped[datetime | None]


class ScoreChunk(Model):
    """Subjects of a part up to `last_id` are kept; written in the transaction that keeps them.

    last_id  the largest bigint when the part is done
    """

    __tablename__ = "score_chunk"
    __table_args__ = (
        UniqueConstraint("run_id", "part", "last_id"),
        CheckConstraint("kept >= 0 and part >= 0", name="counts_are_positive"),
        {"info": {"append_only": True}},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    part: Mapped[int]
    last_id: Mapped[int] = mapped_column(BigInteger)
    kept: Mapped[int]


class FeatureRow(Base):
    """The features of one as of the start of a day: what answers all that day.

    facts   whole numbers by name; null where nothing can be said
    """

    __tablename__ = "feature_row"
    __table_args__ = (
        CheckConstraint("subject in ('buyer','seller')", name="subject_is_known"),
        Index("ix_feature_row_as_of", "as_of", postgresql_using="brin"),
        {"info": {"append_only": True, "removable": True}},
    )

    subject: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    as_of: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(String(16), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)


class ScoreRow(Base):
    """What a card says of those features.

    lost   at most four: [reason's code, feature, value, value that would cost fewer, points]
    """

    __tablename__ = "score_row"
    __table_args__ = (
        CheckConstraint("subject in ('buyer','seller')", name="subject_is_known"),
        CheckConstraint("score between 350 and 950", name="score_in_range"),
        CheckConstraint("grade in ('A','B','C','D','E')", name="grade_is_known"),
        CheckConstraint("pd_ppm between 0 and 1000000", name="pd_is_a_share"),
        Index("ix_score_row_as_of", "as_of", postgresql_using="brin"),
        {"info": {"append_only": True, "removable": True}},
    )

    subject: Mapped[str] = mapped_column(String(10), primary_key=True)
    subject_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    as_of: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    definition: Mapped[str] = mapped_column(String(16), primary_key=True)
    card_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    score: Mapped[int]
    grade: Mapped[str] = mapped_column(String(1))
    pd_ppm: Mapped[int]
    lost: Mapped[list[Any]] = mapped_column(JSONB)
