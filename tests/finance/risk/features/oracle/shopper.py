"""B: every feature of a shopper."""

from collections import Counter, defaultdict
from types import SimpleNamespace as Row

from tests.finance.risk.features.oracle.amount import swing
from tests.finance.risk.features.oracle.seeing import Seen, amount, div, middle, rise, share, tells


def bought(s: Seen, days: int = 365, newer: int = 0) -> list[Row]:
    """Orders that were not canceled."""
    gone = {r.order_id for r in s.order_events if r.kind == "canceled"}
    return [r for r in s.since("orders", "known_day", days, newer) if r.order_id not in gone]


@tells
def account_age_days(s: Seen) -> int:
    return s.as_of - s.buyers[0].known_day


@tells
def refused_charges_90(s: Seen) -> int:
    return len(s.last("payment_tries", 90, kind="refused"))


@tells
def review_honesty_ppm(s: Seen) -> int | None:
    back = s.refund_events
    faults = {r.order_id for r in back if r.kind == "granted" and r.fault == "seller"}
    said = [r for r in s.last("review_events", 365, kind="written") if r.order_id in faults]
    return share(sum(r.stars <= 3 for r in said), len(said))


@tells
def verified_level(s: Seen) -> int:
    return s.buyers[0].verified_level


@tells
def confirmed_orders_365(s: Seen) -> int:
    return sum(r.kind == "settled" for r in s.since("order_events", "paid_day", 365))


@tells
def active_months_12(s: Seen) -> int:
    return len({(s.as_of - 1 - r.known_day) // 30 for r in bought(s, 360)})


@tells
def usual_month(s: Seen) -> int | None:
    return div(amount(bought(s)), active_months_12(s) or 0)


@tells
def basket_median(s: Seen) -> int | None:
    return middle(r.total for r in bought(s))


@tells
def basket_swing_ppm(s: Seen) -> int | None:
    return swing([r.total for r in bought(s)], 3)


@tells
def spend_trend_ppm(s: Seen) -> int | None:
    return rise(amount(bought(s, 91)), amount(bought(s, 182, 91)))


@tells
def night_share_ppm(s: Seen) -> int | None:
    rows = bought(s)
    return share(sum(r.hour in range(6) for r in rows), len(rows))


def by_place(s: Seen) -> Counter[int]:
    return Counter(r.place for r in s.last("orders", 365) if r.place is not None)


@tells
def addresses_365(s: Seen) -> int:
    return len(by_place(s))


@tells
def address_stability_ppm(s: Seen) -> int | None:
    places = by_place(s)
    return share(max(places.values()), places.total()) if places else None


@tells
def shared_address_people(s: Seen) -> int:
    return len({r.other_id for r in s.shared_places})


@tells
def device_stability_ppm(s: Seen) -> int | None:
    devices = Counter(r.device for r in s.last("traces", 90) if r.device)
    return share(max(devices.values()), devices.total()) if devices else None


def granted(s: Seen) -> list[Row]:
    return s.last("refund_events", 365, kind="granted")


@tells
def refund_rate_ppm(s: Seen) -> int | None:
    return share(amount(granted(s), "amount"), amount(s.last("orders", 365)))


@tells
def refund_own_ppm(s: Seen) -> int | None:
    own = [r for r in granted(s) if r.fault == "buyer"]
    return share(amount(own, "amount"), amount(s.last("orders", 365)))


@tells
def refunds_365(s: Seen) -> int:
    return len(granted(s))


@tells
def no_receipt_claims_365(s: Seen) -> int:
    return sum(r.cause == "not_received" for r in granted(s))


@tells
def disputes_lost_365(s: Seen) -> int:
    return len(s.last("dispute_events", 365, kind="won"))


@tells
def reviews_365(s: Seen) -> int:
    return len(s.last("review_events", 365, kind="written"))


@tells
def favorites_365(s: Seen) -> int:
    return len(s.last("favorites", 365))


@tells
def favorite_to_buy_days(s: Seen) -> int | None:
    lags = []
    for product, day in {(r.product, r.known_day) for r in s.last("favorites", 365)}:
        after = [n.known_day for n in s.order_lines if n.product == product and n.known_day >= day]
        lags.append(min(after) - day if after else None)
    return middle(lags)


@tells
def pay_now_share_ppm(s: Seen) -> int | None:
    rows = bought(s)
    return share(amount(r for r in rows if not r.on_credit), amount(rows))


def payments(s: Seen) -> list[tuple[int, int, int | None]]:
    """(due, amount, paid on) of each payment of a plan that was known."""
    rows: dict[int, dict[str, Row]] = defaultdict(dict)
    for r in s.plan_rows:
        rows[r.row_id][r.kind] = r
    found = []
    for kinds in rows.values():
        any_of = next(iter(kinds.values()))
        paid = kinds["paid"].known_day if "paid" in kinds else None
        found.append((any_of.due_day, any_of.amount, paid))
    return found


@tells
def days_early(s: Seen) -> int | None:
    past = [(due, paid) for due, _, paid in payments(s) if 0 < s.as_of - due <= 365]
    return middle(None if paid is None else due - paid for due, paid in past)


@tells
def days_late_max_365(s: Seen) -> int | None:
    past = [(due, paid or s.as_of) for due, _, paid in payments(s) if 0 < s.as_of - due <= 365]
    return max((max(0, paid - due) for due, paid in past), default=None)


@tells
def late_fees_waived_365(s: Seen) -> int:
    return len(s.last("plan_events", 365, kind="waived"))


@tells
def plans_open(s: Seen) -> int:
    opened = {r.loan_id for r in s.plan_events if r.kind == "opened"}
    return len(opened - {r.loan_id for r in s.plan_events if r.kind == "closed"})


@tells
def plans_paid(s: Seen) -> int:
    return sum(r.kind == "closed" and r.good == 1 for r in s.plan_events)


@tells
def plan_to_spend_ppm(s: Seen) -> int | None:
    soon = [n for due, n, paid in payments(s) if paid is None and 0 <= due - s.as_of < 30]
    return share(sum(soon) * active_months_12(s), amount(bought(s)))


@tells
def recency_days(s: Seen) -> int | None:
    return s.as_of - max(r.known_day for r in s.orders) if s.orders else None


@tells
def orders_90(s: Seen) -> int:
    return len(bought(s, 90))


@tells
def spend_365(s: Seen) -> int:
    return amount(bought(s))
