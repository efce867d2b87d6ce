"""The conditions of each product as clauses: made from the terms that the engine itself follows; pure."""

from collections.abc import Sequence
from datetime import date

from finance.capital.terms import OrderAdvance, PaidToday, SalesShare, TermLoan
from finance.contracts.contract import Clause
from finance.lending.life.terms import SHIPPING
from finance.products import Installments, LateRule

of = Clause.of


def late(rule: LateRule) -> tuple[Clause, ...]:
    """What being late costs, and when it becomes default."""
    found = [of("late", "late.grace", days=rule.grace_days)]
    if rule.fee:
        found.append(
            of(
                "late", "late.fee",
                days=rule.fee_after_days, fee=rule.fee, daily=rule.fee_daily_ppm,
                most=rule.fee_share_ppm, month=rule.fee_month_max,
            )
        )  # fmt: skip
        found += [of("late", "late.first_waived")] if rule.first_waived else []
    else:
        found.append(of("late", "late.free"))
    found.append(of("late", "late.new_credit"))
    found.append(of("default", "default.after", days=rule.default_days, end=rule.charge_off_days))
    return tuple(found)


def withdrawal(until: date | None) -> tuple[Clause, ...]:
    """The right to give the money back without any fee, or that there is none."""
    if until is None:
        return (of("withdrawal", "withdrawal.none"),)
    return (of("withdrawal", "withdrawal.until", until=until.isoformat()),)


def plan_price(rate_ppm: int, campaign: str = "") -> tuple[Clause, ...]:
    """What a shop pays for a plan: its product's rate, or the whole fee that a campaign takes over."""
    why = (
        of("cost", "cost.of_campaign", campaign=campaign)
        if campaign
        else of("cost", "cost.of_plan", rate=rate_ppm)
    )
    return (
        why,
        of("cost", "cost.taken"),
        of("cost", "cost.not_the_shoppers"),
        of("refund", "refund.price"),
    )


def purchase(
    rule: LateRule, until: date | None, *, start: Clause | None = None, card: bool = False
) -> tuple[Clause, ...]:
    """A shopper's plan (B1 to B5).

    start   when its clock starts; None: with the contract
    card    whether a saved card pays each part from the beginning
    """
    return (
        *((start,) if start else ()),
        of("order", "order.oldest"),
        *late(rule),
        of("early", "early.to_date"),
        *withdrawal(until),
        of("refund", "refund.as_if"),
        of("refund", "refund.paused"),
        of("security", "security.none"),
        of("autopay", "autopay.needed" if card else "autopay.offered"),
    )


def start_of(product: Installments) -> Clause:
    """When the clock of a purchase in parts starts."""
    if product.starts_at == SHIPPING:
        return of("start", "start.shipping")
    if product.latest:
        return of("start", "start.latest", days=product.first, end=product.latest + product.first)
    return of("start", "start.receipt")


def sponsored() -> Clause:
    """A shop bears the whole price (B5)."""
    return of("cost", "cost.sponsored")


def line(
    rule: LateRule,
    until: date | None,
    daily_ppm: int,
    free_days: int,
    least: tuple[int, int] | None = None,
) -> tuple[Clause, ...]:
    """A line of credit (B4): free when its statement is paid in full, else a price a day.

    least   of each purchase a month: its share of what is left, and minor units at least
    """
    return (
        of("cost", "cost.line", daily=daily_ppm, days=free_days),
        *((of("minimum", "minimum.line", share=least[0], amount=least[1]),) if least else ()),
        *purchase(rule, until),
        of("change", "change.limit"),
    )


def term_loan(terms: TermLoan) -> tuple[Clause, ...]:
    """A shop's loan (S1): paid out of its settlements."""
    steps = terms.ladder
    return (
        of("start", "start.used"),
        of("order", "order.settlement"),
        of(
            "late",
            "late.ladder",
            retry=steps.retry_days,
            plan=steps.plan_days,
            freeze=steps.freeze_days,
        ),
        of("default", "default.after", days=steps.default_days, end=steps.charge_off_days),
        of("early", "early.interest_only"),
        of("cancel", "cancel.days", days=terms.cancel_days),
        of("security", "security.settlements"),
        of("shop", "shop.stays"),
    )


def order_advance(terms: OrderAdvance) -> tuple[Clause, ...]:
    """An advance on orders under way (S2)."""
    return (
        of("start", "start.used"),
        of("order", "order.by_order"),
        of("late", "late.tenor", days=terms.tenor_days, more=terms.late_days),
        of("late", "late.tenor_abroad", days=terms.tenor_abroad_days),
        of("late", "late.next_settlement"),
        of("refund", "refund.line_due", days=terms.free_days),
        of("early", "early.interest_only"),
        of("cancel", "cancel.any"),
        of("security", "security.orders"),
        of("shop", "shop.stays"),
    )


def paid_today(terms: PaidToday) -> tuple[Clause, ...]:
    """One order's claim, sold (S4)."""
    return (
        of("order", "order.claim"),
        of("late", "late.buyer"),
        of("late", "late.tenor", days=terms.tenor_days, more=terms.late_days),
        of("late", "late.next_settlement"),
        of("refund", "refund.line_due", days=terms.free_days),
        of("early", "early.fixed_fee"),
        of("cancel", "cancel.before_use"),
        of("security", "security.order"),
        of("shop", "shop.stays"),
    )


def sales_share(
    terms: SalesShare, holdback_ppm: int, forecast_days: int, minimums: Sequence[tuple[date, int]]
) -> tuple[Clause, ...]:
    """A share of net settled sales (S3), with what must be repaid by when."""
    return (
        of("order", "order.share", most=holdback_ppm),
        of("order", "order.net"),
        *(of("minimum", "minimum.by", by=day.isoformat(), amount=sum) for day, sum in minimums),
        of("late", "late.minimum", days=terms.grace_days, rise=terms.rise_ppm),
        of("default", "default.review"),
        of("early", "early.rebate", forecast=forecast_days, kept=terms.kept_ppm),
        of("cancel", "cancel.days", days=terms.cancel_days),
        of("renewal", "renewal.from", share=terms.renew_from_ppm),
        of("security", "security.settlements"),
        of("shop", "shop.stays"),
    )
