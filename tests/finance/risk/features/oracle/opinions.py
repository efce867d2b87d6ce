"""I: interaction."""

from collections import Counter
from types import SimpleNamespace as Row

from tests.finance.risk.features.oracle.seeing import HOUR, Seen, less, middle, says, share


def written(s: Seen, days: int) -> list[Row]:
    return s.last("review_events", days, kind="written")


def mean(rows: list[Row]) -> int | None:
    return sum(r.stars for r in rows) * 1_000 // len(rows) if rows else None


@says
def favorite_to_buy_ppm(s: Seen) -> int | None:
    """Marked by the same person on the same day counts once."""
    rows = s.since("favorites", "known_day", 118, 28)
    marks = {(r.buyer_id, r.product, r.known_day) for r in rows}
    lines = {(r.buyer_id, r.product, r.known_day) for r in s.order_lines}
    bought = [m for m in marks if any((m[0], m[1], m[2] + i) in lines for i in range(28))]
    return share(len(bought), len(marks))


@says
def favorite_burst_ppm(s: Seen) -> int | None:
    days = Counter(r.known_day for r in s.last("favorites", 90))
    return share(max(days.values()), middle(days.values()) or 0) if days else None


@says
def review_mean_b(s: Seen) -> int | None:
    rows = written(s, 365)
    return (sum(r.stars for r in rows) + 15) * 1_000 // (len(rows) + 5)


@says
def review_mean_365(s: Seen) -> int | None:
    return mean(written(s, 365))


@says
def review_trend(s: Seen) -> int | None:
    return less(mean(written(s, 90)), mean(written(s, 365)))


@says
def review_rate_ppm(s: Seen) -> int | None:
    settled = s.last("order_events", 365, kind="settled")
    return share(len(written(s, 365)), len(settled))


@says
def words_alike_ppm(s: Seen) -> int | None:
    words = Counter(r.words for r in written(s, 365) if r.chars)
    return share(sum(n for n in words.values() if n > 1), words.total())


@says
def negative_share_90_ppm(s: Seen) -> int | None:
    rows = written(s, 90)
    return share(sum(r.stars in (1, 2) for r in rows), len(rows))


@says
def negative_reply_24h_ppm(s: Seen) -> int | None:
    due = [r for r in s.review_events if r.begun_day and 1 < s.as_of - r.begun_day <= 90]
    bad = [r for r in due if r.stars <= 2]
    quick = [r for r in bad if r.kind == "answered" and r.lag_s <= 24 * HOUR]
    return share(len(quick), sum(r.kind == "written" for r in bad))


@says
def answer_rate_ppm(s: Seen) -> int | None:
    due = s.since("question_events", "begun_day", 90, 1)
    asked = {r.question_id for r in due if r.kind == "asked"}
    return share(len({r.question_id for r in due if r.kind == "answered"}), len(asked))
