"""The reason codes RB01 to RB17 in the shopper's words, each with what would change it."""

from finance.risk.outcome import Why, amount, day, share
from finance.risk.scorecard import Lost

# feature → (what is so, what would change it); {v} is the value, {t} the target
_CARD_WORDS: dict[str, tuple[str, str]] = {
    "confirmed_orders_365": ("You have {v} finished orders in the last year.", "{t} or more."),
    "account_age_days": ("Your account is {v} days old.", "{t} days or more."),
    "active_months_12": ("You bought in {v} of the last 12 months.", "{t} months or more."),
    "verified_level": ("Your identity is confirmed to level {v}.", "Level {t}: add a document."),
    "refund_rate_ppm": ("You returned {v} of what you bought.", "{t} or less."),
    "no_receipt_claims_365": (
        "{v} of your orders were claimed as not received.",
        "{t} or fewer. A person can look at it.",
    ),
    "shared_address_people": (
        "Your address is used by {v} other accounts.",
        "{t} or fewer, or confirm it is yours.",
    ),
    "addresses_365": ("You had orders sent to {v} addresses.", "{t} or fewer in a year."),
    "days_late_max_365": ("A past payment was {v} days late.", "Fades a year after it was paid."),
    "plans_finished": ("You have finished {v} plans.", "{t} or more."),
    "plans_running": ("{v} plans are running.", "{t} or fewer: finish one."),
    "load_ppm": (
        "Plans due in 30 days would be {v} of your usual monthly spending.",
        "{t} or less.",
    ),
    "reviews_365": ("You wrote {v} reviews in the last year.", "{t} or more."),
    "favorites_365": ("You marked {v} favorites in the last year.", "{t} or more."),
}


def of_the_card(lost: Lost) -> Why:
    """A feature that cost points, in words."""
    text, change = _CARD_WORDS[lost.feature]
    show = share if lost.feature.endswith("_ppm") else str
    value = "no" if lost.value is None else show(lost.value)
    target = "" if lost.target is None else show(lost.target)
    return Why(lost.code, text.format(v=value), change.format(t=target), lost.value, lost.target)


SAY_BORN = "Say on your credit page when you were born."


def age(known: bool | None, least: int) -> Why:
    if known is None:
        text = f"We do not know yet whether you are {least} or older."
        return Why("RB01", text, SAY_BORN, None, least)
    text = f"Plans are for people of {least} or older; by the date you gave you are younger."
    return Why("RB01", text, f"Ask again when you are {least}.", None, least)


def identity(level: int, least: int) -> Why:
    text = f"Your identity is confirmed to level {level}; this plan needs level {least}."
    return Why("RB01", text, "Add a document.", level, least)


def linked(sentence: str) -> Why:
    text = sentence or "Your address, device or card is shared with other accounts."
    return Why("RB10", text, "Ask a person to confirm that it is yours.")


def too_new(days: int, orders: int, least: int) -> Why:
    missing = least - orders
    text = f"Your account is {days} days old with {orders} finished orders."
    return Why("RB02", text, f"{missing} more finished orders.", orders, least)


def overdue(minor: int, since: str, currency: str) -> Why:
    text = f"A payment of {amount(minor, currency)} is overdue since {day(since)}."
    return Why("RB03", text, "Pay it.", minor, 0)


def load(due: int, usual: int, most: int, currency: str) -> Why:
    text = (
        f"Plans due in 30 days ({amount(due, currency)}) are high against your usual "
        f"spending ({amount(usual, currency)})."
    )
    return Why("RB05", text, f"{amount(most, currency)} or less.", due, most)


def over_limit(asked: int, free: int, currency: str) -> Why:
    text = f"This basket is above your free limit of {amount(free, currency)}."
    small = f"A basket of {amount(free, currency)} or less."
    change = small if free else "Pay back some of what is running."
    return Why("RB06", text, change, asked, free)


def may_grow(over: Why) -> Why:
    """Over a limit that could grow: payments were made in time, and a yes is missing."""
    text = f"Accept the higher limit on your credit page, or: {over.change}"
    return Why(over.code, over.text, text, over.value, over.target)


def lowered(days: int, rung_ppm: int) -> Why:
    text = f"A past payment was {days} days late; your limit is {share(rung_ppm)} of the first one."
    change = "Three payments in time raise it by half, when you agree."
    return Why("RB04", text, change, rung_ppm, 1_000_000)


def many_plans(running: int, most: int) -> Why:
    return Why("RB07", f"{running} plans are running.", "Finish one.", running, most - 1)


def claims(count: int, most: int) -> Why:
    text = f"{count} of your orders were claimed as not received."
    return Why("RB08", text, f"{most} or fewer, or ask a person to look.", count, most)


def own_ceiling(ceiling: int, currency: str) -> Why:
    text = f"You set your own ceiling at {amount(ceiling, currency)}."
    change = "Raise it on your credit page; that takes effect in 24 hours."
    return Why("RB12", text, change, ceiling)


def paused(until: str) -> Why:
    text = f"You paused credit until {day(until)}."
    return Why("RB13", text, "It opens that day, or one day after you end the pause.")


def not_financed(why: str) -> Why:
    return Why("RB14", f"This basket cannot be bought in parts ({why}).", "Pay now.")


def no_consent() -> Why:
    text = "You do not let your record be scored, so no credit is offered."
    return Why("RB17", text, "Give this consent again under Data and consents.")


def many_requests(count: int, most: int) -> Why:
    text = f"You asked {count} times today; the most is {most}."
    return Why("RB16", text, "Try again tomorrow.", count, most - 1)
