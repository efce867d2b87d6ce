"""Names of features, and the reason codes RS01 to RS26 in the seller's words, each with what would change it."""

from finance.risk.outcome import Why, amount, share
from finance.risk.scorecard import Lost

# feature → (what is so, what would change it); {v} is the value, {t} the target
_CARD_WORDS: dict[str, tuple[str, str]] = {
    "shop_age_days": ("Your shop has {v} days of confirmed sales.", "{t} days or more."),
    "active_days_90": ("You sold on {v} of the last 90 days.", "{t} days or more."),
    "active_months_12": ("Sales happened in {v} of the last 12 months.", "{t} months or more."),
    "net_90": ("Net sales after refunds were {v} in 90 days.", "{t} or more."),
    "net_365": ("Net sales after refunds were {v} in a year.", "{t} or more."),
    "growth_ppm": ("Sales changed by {v} against the quarter before.", "{t} or better."),
    "yoy_ppm": ("Sales changed by {v} against the same weeks last year.", "{t} or better."),
    "swing_ppm": ("Weekly sales swing strongly (variation {v}).", "{t} or less."),
    "buyers_90": ("{v} buyers bought from you in 90 days.", "{t} or more."),
    "repeat_rate_ppm": ("{v} of your buyers came back within a year.", "{t} or more."),
    "top5_share_ppm": ("{v} of sales come from 5 buyers.", "{t} or less."),
    "top_product_share_ppm": ("{v} of sales come from one product.", "{t} or less."),
    "financed_share_90_ppm": ("{v} of sales were paid with mall credit.", "{t} or less."),
    "license_verified": ("Your business license is not verified.", "Upload it; we check it."),
    "on_time_ship_90_ppm": ("{v} of orders were shipped on time.", "{t} or more."),
    "no_stock_cancel_90_ppm": ("{v} of orders were canceled for missing stock.", "{t} or less."),
    "tracked_90_ppm": ("{v} of parcels have a carrier's scan.", "{t} or more."),
    "refund_rate_90_ppm": ("Refunds are {v} of sales.", "{t} or less."),
    "refund_rise_ppm": ("Refunds rose by {v} of sales in four weeks.", "{t} or less."),
    "fault_refund_ppm": ("{v} of refunds were for our-shop faults.", "{t} or less."),
    "open_refunds": ("{v} returns wait for your decision.", "{t} or fewer."),
    "review_mean_365": ("Your reviews average {v} stars.", "{t} or more."),
    "review_trend": ("Reviews moved by {v} stars in 90 days.", "{t} or better."),
    "negative_share_90_ppm": ("{v} of reviews gave one or two stars.", "{t} or less."),
    "days_late_max_365": ("A payment on a contract was {v} days late.", "Fades after a year."),
    "minimums_missed": ("A 60-day minimum was missed {v} times.", "One period met."),
    "load_ppm": ("Your deductions are {v} of sales.", "{t} or less."),
    "asks_30": ("{v} applications in 30 days.", "{t} or fewer."),
}
_NAMES = {
    "shop_age_days": "Days of confirmed sales",
    "active_days_90": "Days with sales, of 90",
    "active_months_12": "Months with sales, of 12",
    "net_90": "Net sales in 90 days",
    "net_365": "Net sales in a year",
    "growth_ppm": "Growth on the quarter before",
    "yoy_ppm": "Growth on the same weeks last year",
    "swing_ppm": "Swing of weekly sales",
    "buyers_90": "Buyers in 90 days",
    "repeat_rate_ppm": "Buyers who came back",
    "top5_share_ppm": "Share of the five largest buyers",
    "top_product_share_ppm": "Share of the best-selling product",
    "financed_share_90_ppm": "Share paid with mall credit",
    "license_verified": "Business license verified",
    "on_time_ship_90_ppm": "Shipped on time",
    "no_stock_cancel_90_ppm": "Canceled for missing stock",
    "tracked_90_ppm": "Parcels with a carrier's scan",
    "refund_rate_90_ppm": "Refunds, of sales",
    "refund_rise_ppm": "Rise of refunds in four weeks",
    "fault_refund_ppm": "Refunds for our-shop faults",
    "open_refunds": "Returns waiting for you",
    "review_mean_365": "Stars, average of a year",
    "review_trend": "Stars, change in 90 days",
    "negative_share_90_ppm": "Reviews with one or two stars",
    "days_late_max_365": "Latest payment on a contract, days",
    "minimums_missed": "60-day minimums missed",
    "load_ppm": "Deductions, of sales",
    "asks_30": "Applications in 30 days",
}
_MONEY = {"net_90", "net_365"}
_STARS = {"review_mean_365", "review_trend"}


def shown(feature: str, value: int, currency: str) -> str:
    """A feature's value as a person reads it."""
    sign, size = ("−", -value) if value < 0 else ("", value)
    if feature == "license_verified":
        return "yes" if value else "no"
    if feature in _MONEY:
        return sign + amount(size, currency)
    if feature in _STARS:
        return f"{sign}{size // 1_000}.{size % 1_000 // 100}"
    return sign + (share(size) if feature.endswith("_ppm") else str(size))


def of_the_card(lost: Lost, currency: str) -> Why:
    """A feature that cost points, in words."""
    text, change = _CARD_WORDS[lost.feature]
    value = "none" if lost.value is None else shown(lost.feature, lost.value, currency)
    target = "" if lost.target is None else shown(lost.feature, lost.target, currency)
    return Why(lost.code, text.format(v=value), change.format(t=target), lost.value, lost.target)


def name_of(feature: str) -> str:
    """A feature's short name for tables."""
    return _NAMES[feature]


def held(note: str) -> Why:
    text = f"We hold money of your shop for risk: {note.rstrip('.')}."
    return Why("H07", text, "Ask us for the release, or explain it.")


def not_open() -> Why:
    return Why("RS16", "Your shop is not approved.", "It is checked within a day.")


def too_young(days: int, least: int) -> Why:
    text = f"Your shop has {days} days of confirmed sales; this product needs {least}."
    change = f"In {least - days} more days. “Paid today” is open to you before that."
    return Why("RS01", text, change, days, least)


def few_months(months: int, least: int) -> Why:
    text = f"Sales happened in {months} of the last 12 months."
    return Why("RS02", text, f"Sales in {least - months} more months.", months, least)


def few_of_six(months: int, least: int) -> Why:
    text = f"Sales happened in {months} of the last 6 months."
    return Why("RS02", text, f"Sales in {least - months} more months.", months, least)


def too_small(net: int, least: int, currency: str) -> Why:
    text = (
        f"Net sales after refunds were {amount(max(0, net), currency)} in 90 days; "
        f"the smallest offer needs {amount(least, currency)}."
    )
    return Why("RS03", text, f"{amount(max(0, least - net), currency)} more.", net, least)


def account_changed(days: int, least: int) -> Why:
    text = f"Your payout account changed {days} days ago; we wait {least} days."
    return Why("RS18", text, f"In {least - days} days.", days, least)


def late_contract(days: int) -> Why:
    return Why("RS20", f"A payment on a contract is {days} days late.", "Pay it.", days, 0)


def loaded(load: int, most: int) -> Why:
    text = f"Your current deductions are {share(load)} of sales; limit {share(most)}."
    change = f"{share(most)} or less: pay back more of what is running."
    return Why("RS22", text, change, load, most)


def running(owed: int, repaid: int, least: int, currency: str) -> Why:
    text = (
        f"Running financing of {amount(owed, currency)}; a new one is possible after "
        f"{share(least)} repaid, {share(repaid)} is."
    )
    still = owed * (least - repaid) // (1_000_000 - repaid)
    return Why("RS23", text, f"{amount(still, currency)} to go.", repaid, least)


def many_asks(count: int, most: int) -> Why:
    text = f"{count} applications in 30 days; the most is {most}."
    return Why("RS24", text, "Each counts for 30 days.", count, most)


def over_base(asked: int, most: int, currency: str) -> Why:
    text = f"The amount asked exceeds what your shipped orders support ({amount(most, currency)})."
    return Why("RS26", text, _ask_less(most, currency), asked, most)


def over_forecast(asked: int, most: int, currency: str) -> Why:
    text = f"The amount asked exceeds what a careful forecast supports ({amount(most, currency)})."
    return Why("RS26", text, _ask_less(most, currency), asked, most)


def over_history(asked: int, most: int, currency: str) -> Why:
    text = f"The amount asked exceeds what your sales support ({amount(most, currency)})."
    change = f"Ask for {amount(most, currency)} or less." if most else "Sell for some more months."
    return Why("RS26", text, change, asked, most)


def over_proven(asked: int, most: int, after: int, days: int, shown: bool, currency: str) -> Why:
    """`shown`: whether it stands on what was repaid, or still on the commission of a year."""
    why = "what you have shown you repay" if shown else "what your sales of a year paid us"
    text = f"The amount asked exceeds {why}, less what you owe without orders ({amount(most, currency)})."
    if not most:
        return Why("RS26", text, "Pay back what is running.", asked, most)
    change = f"Ask for {amount(most, currency)} or less."
    if after > most:
        change += f" Repaid in time, over {days} days, it opens {amount(after, currency)}."
    return Why("RS26", text, change, asked, most)


def below_least(asked: int, least: int, currency: str) -> Why:
    text = f"{amount(asked, currency)} is below the smallest amount, {amount(least, currency)}."
    return Why("RS26", text, f"Ask for {amount(least, currency)} or more.", asked, least)


def over_limit(asked: int, most: int, currency: str) -> Why:
    text = f"The amount asked exceeds what your limit leaves ({amount(most, currency)})."
    change = f"Ask for {amount(most, currency)} or less." if most else "Pay back what is running."
    return Why("RS26", text, change, asked, most)


def left_out(orders: tuple[str, ...]) -> Why:
    shown = ", ".join(orders[:5]) + (f" and {len(orders) - 5} more" if len(orders) > 5 else "")
    text = (
        f"{len(orders)} orders could not be counted: {shown}. They share an address, device or "
        "money path with the shop."
    )
    return Why("RS27", text, "Send proof for each order.", len(orders), 0)


def came_back(sentence: str) -> Why:
    return Why("RS28", sentence, "Ask a person: they look within 24 hours.")


def light_parcels(sentence: str) -> Why:
    return Why("RS29", sentence, "Send proof for each order.")


def linked(sentence: str) -> Why:
    text = sentence or "Two of us hold new financing of your shop while they look at its orders."
    return Why("H07", text, "Ask a person: they look within 24 hours.")


def _ask_less(most: int, currency: str) -> str:
    return f"Ask for {amount(most, currency)} or less." if most else "Ship an order with a scan."
