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


def identity(level: int, least: int) -> Why:
    return Why("RB01", "We could not confirm your identity.", "Add a document.", level, least)


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
    change = f"A basket of {amount(free, currency)} or less." if free else "Repay what is running."
    return Why("RB06", text, change, asked, free)


def many_plans(running: int, most: int) -> Why:
    return Why("RB07", f"{running} plans are running.", "Finish one.", running, most - 1)


def claims(count: int, most: int) -> Why:
    text = f"{count} of your orders were claimed as not received."
    return Why("RB08", text, "Ask us: a person will look.", count, most)


def own_ceiling(ceiling: int, currency: str) -> Why:
    text = f"You set your own ceiling at {amount(ceiling, currency)}."
    return Why("RB12", text, "Change it; the change takes effect in 24 hours.", ceiling)


def paused(until: str) -> Why:
    return Why("RB13", f"You paused credit until {day(until)}.", "It opens again that day.")


def not_financed(why: str) -> Why:
    return Why("RB14", f"This basket cannot be bought in parts ({why}).", "Pay now.")


def no_consent() -> Why:
    text = "You do not let your record be scored, so no credit is offered."
    return Why("RB17", text, "Give this consent again under Data and consents.")


def many_requests(count: int, most: int) -> Why:
    return Why("RB16", f"{count} requests in one day.", "Try again tomorrow.", count, most)
