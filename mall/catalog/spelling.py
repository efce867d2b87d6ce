"""What a mistyped word probably means, by the words that occur in products."""

from sqlalchemy import func, select

from core.db import db
from mall.catalog.models import SearchWord
from mall.catalog.rules import nearest, trigrams

CANDIDATES = 200


def correct(wanted: list[str]) -> str:
    """The words as they were probably meant, "" when no better reading is known."""
    pieces = sorted({piece for word in wanted for piece in trigrams(word)})
    lengths = [len(word) for word in wanted]
    piece = func.unnest(SearchWord.pieces).column_valued("piece")
    shared = select(func.count()).where(piece.in_(pieces)).scalar_subquery()
    known = db.session.scalars(
        select(SearchWord.word)
        .where(
            SearchWord.pieces.overlap(pieces),
            func.char_length(SearchWord.word).between(min(lengths) - 2, max(lengths) + 40),
        )
        .order_by(shared.desc(), SearchWord.word)
        .limit(CANDIDATES)
    ).all()
    meant = [
        word if any(other.startswith(word) for other in known) else nearest(word, known) or word
        for word in wanted
    ]
    return " ".join(meant) if meant != wanted else ""
