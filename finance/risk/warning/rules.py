"""When each warning is given, in which words, and the act that would help; pure."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path

from core.money import MILLION, Money
from finance.capital.sales_share.forecast import Outlook, outlook

HALF, POINTS_5, POINTS_10 = 500_000, 50_000, 100_000
STOCK_DAYS, ABSENT_DAYS, ACCOUNT_DAYS, DISPUTES_MIN, TOP_PPM = 21, 7, 30, 3, 200_000


@dataclass(frozen=True, slots=True)
class Minimum:
    """The next minimum of a running sales share: `least` in all by `ends_on`, `repaid` so far."""

    number: str
    ends_on: date
    least: int
    repaid: int
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Signs:
    """What is known of one shop on a morning; None where nothing can be said. Money in minor units.

    weeks      net settled of 27 weeks, the last first
    *_28/_90   ppm over so many days; disputes are counts, and 90 means days 29 to 118
    top_lost   the share of the largest buyer of days 29 to 118 who has not come back since
    failed     shops of the same hand in default or charged off
    """

    on: date
    currency: str
    weeks: tuple[int, ...] = ()
    refund_28: int | None = None
    refund_90: int | None = None
    stock_days: int | None = None
    absent_days: int | None = None
    account_days: int | None = None
    disputes_28: int = 0
    disputes_90: int = 0
    orders_28: int = 0
    orders_90: int = 0
    on_time_28: int | None = None
    on_time_90: int | None = None
    failed: int = 0
    top_lost: int | None = None
    minimum: Minimum | None = None

    @property
    def before(self) -> Outlook:
        """What was to be expected before the last week."""
        return outlook(self.weeks[1:27], ())

    def money(self, minor: int) -> str:
        return Money(minor, self.currency).grouped()


@dataclass(frozen=True, slots=True)
class Warning:
    """A reason in plain words, and an act that helps with the page where it is done."""

    code: str
    reason: str
    act: str
    link: str


Rule = Callable[[Signs], Warning | None]


def _points(ppm: int) -> str:
    return f"{ppm // 10_000} %"


def _sales_fell(s: Signs) -> Warning | None:
    expected = int(s.before.daily * 7) if len(s.weeks) > 1 else 0
    if not expected or s.weeks[0] * 2 >= expected:
        return None
    reason = f"{s.money(s.weeks[0])} settled in seven days; {s.money(expected)} was to be expected."
    return Warning("E1", reason, "Pause the share, or make it smaller, until sales are back.",
                   "/seller/capital/")  # fmt: skip


def _refunds_rose(s: Signs) -> Warning | None:
    if s.refund_28 is None or s.refund_90 is None or s.refund_28 - s.refund_90 <= POINTS_5:
        return None
    reason = (
        f"Refunds are {_points(s.refund_28)} of sales in four weeks, {_points(s.refund_90)} before."
    )
    return Warning("E2", reason, "Look which product comes back, and mend its page or take it down.",
                   "/seller/returns")  # fmt: skip


def _stock_runs_out(s: Signs) -> Warning | None:
    falling = sum(s.weeks[:4]) < sum(s.weeks[4:8])
    if s.stock_days is None or s.stock_days < STOCK_DAYS or not falling:
        return None
    reason = f"No goods came in for {s.stock_days} days, and sales fell meanwhile."
    return Warning("E3", reason, "Restock: an advance on orders under way can pay for it.",
                   "/seller/capital/order-advance")  # fmt: skip


def _nobody_home(s: Signs) -> Warning | None:
    if s.absent_days is None or s.absent_days < ABSENT_DAYS:
        return None
    reason = f"Nobody has signed in to the shop for {s.absent_days} days."
    return Warning("E4", reason, "Sign in and look at your orders.", "/seller/")


def _new_account(s: Signs) -> Warning | None:
    if s.account_days is None or s.account_days >= ACCOUNT_DAYS:
        return None
    reason = f"The payout account was changed {s.account_days} days ago."
    return Warning("E5", reason, "Check that the account is yours; after 30 days it counts as known.",
                   "/seller/money")  # fmt: skip


def _disputes_doubled(s: Signs) -> Warning | None:
    if s.disputes_28 < DISPUTES_MIN or not s.orders_28:
        return None
    if s.disputes_28 * s.orders_90 < 2 * s.disputes_90 * s.orders_28:
        return None
    reason = f"{s.disputes_28} disputes in four weeks, {s.disputes_90} in the three months before."
    return Warning("E6", reason, "Answer each with the carrier's proof, and call the buyer first.",
                   "/seller/disputes")  # fmt: skip


def _ships_late(s: Signs) -> Warning | None:
    if s.on_time_28 is None or s.on_time_90 is None or s.on_time_90 - s.on_time_28 <= POINTS_10:
        return None
    reason = f"{_points(s.on_time_28)} of orders were sent in time in four weeks, {_points(s.on_time_90)} before."
    return Warning("E7", reason, "Send what waits, or promise more time on the product's page.",
                   "/seller/orders")  # fmt: skip


def _sisters_failed(s: Signs) -> Warning | None:
    if s.failed < 2:
        return None
    reason = f"{s.failed} shops with the same owner, account or device as yours do not repay."
    return Warning("E8", reason, "Tell us how your shop differs: a person looks at it.",
                   "/seller/capital/orders-to-prove/")  # fmt: skip


def _buyer_gone(s: Signs) -> Warning | None:
    if s.top_lost is None or s.top_lost <= TOP_PPM:
        return None
    reason = f"A buyer of {_points(s.top_lost)} of your sales has not ordered for four weeks."
    return Warning(
        "E9", reason, "Write to regular buyers, or offer a campaign.", "/seller/campaigns"
    )


def _minimum_in_danger(s: Signs) -> Warning | None:
    """Missed with more than an even chance: the middle of the forecast does not reach it."""
    due = s.minimum
    if due is None or due.repaid >= due.least:
        return None
    days = max(0, (due.ends_on - s.on).days)
    ahead = outlook(s.weeks[:26], ()).sum_of(days) * Fraction(due.share_ppm, MILLION)
    if due.repaid + ahead >= due.least:
        return None
    short = s.money(due.least - due.repaid - int(ahead))
    reason = f"At the present pace {short} of the minimum of {due.ends_on:%-d %B} will be missing."
    return Warning("E10", reason, "Ask for lower minimums or a pause now, before it is missed.",
                   f"/seller/capital/{due.number}")  # fmt: skip


RULES: dict[str, Rule] = {
    "E1": _sales_fell,
    "E2": _refunds_rose,
    "E3": _stock_runs_out,
    "E4": _nobody_home,
    "E5": _new_account,
    "E6": _disputes_doubled,
    "E7": _ships_late,
    "E8": _sisters_failed,
    "E9": _buyer_gone,
    "E10": _minimum_in_danger,
}


def warnings_of(signs: Signs) -> list[Warning]:
    """Every warning that these signs give, in the order of the codes."""
    return [found for rule in RULES.values() if (found := rule(signs))]


@cache
def _settings() -> dict[str, dict[str, int | str]]:
    text = Path(__file__).with_name("settings.json").read_text(encoding="utf-8")
    found: dict[str, dict[str, int | str]] = json.loads(text)
    return found


def name_of(code: str) -> str:
    return str(_settings()[code]["name"])


def kept_ppm(codes: Sequence[str]) -> int:
    """How much of what is not drawn stays open, in millionths: the strictest warning decides."""
    return min((int(_settings()[code]["keep_ppm"]) for code in codes), default=MILLION)
