"""What a seller can have now, with every number it comes from: the pages before a contract."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from core import clock
from core.money import MILLION, Money, Rounding, total
from finance.capital import exposure, proven, queries, services
from finance.capital import terms as capital
from finance.capital.early_settlement import rules as today_rules
from finance.capital.early_settlement.rules import Quote
from finance.capital.exposure_models import SellerReservation
from finance.capital.models import Advance
from finance.capital.order_advance import rules as order_rules
from finance.capital.order_advance.rules import Base
from finance.capital.queries import OrderClaim
from finance.capital.sales_share import rules as share_rules
from finance.capital.sales_share.rules import Offer
from finance.capital.score_lines import Feature, features
from finance.capital.term_loan import offering as loans
from finance.risk.outcome import Outcome
from finance.risk.seller import Questions
from finance.risk.services import as_of_now

_POSITIONS = 5
_STEP = 10_000  # slider positions are whole hundreds


@dataclass(frozen=True, slots=True)
class Overview:
    """The first capital page."""

    asked: Questions
    base: Base
    order_advance: Outcome
    order_daily: int
    claims: tuple[OrderClaim, ...]
    today_sum: Money
    sample: Quote
    sample_daily: int
    paid_today: Outcome
    sales_share: Outcome
    limits: tuple[tuple[str, Money], ...]
    share_most: Money
    term_loan: Outcome
    loan_limits: tuple[tuple[str, Money], ...]
    loan_most: Money
    held: tuple[SellerReservation, ...]
    running: tuple[Advance, ...]
    closed: tuple[Advance, ...]
    features: tuple[Feature, ...]


def overview(seller_id: int) -> Overview:
    """Everything open to this seller now."""
    asked = Questions(seller_id, as_of_now())
    base = _base(asked)
    ready = tuple(claim for claim in _claims(asked) if not claim.why)
    now = total((claim.quote.now for claim in ready), asked.currency)
    most, borne = best_share(asked), services.borne(asked, max(asked.terms.sales_share.shares))
    advances = queries.advances_of(seller_id)
    return Overview(
        asked=asked,
        base=base,
        order_advance=_preview(asked, capital.ORDER_ADVANCE, base.capacity),
        order_daily=_order_daily(asked),
        claims=ready,
        today_sum=now,
        sample=_sample(asked),
        sample_daily=today_rules.daily_ppm(asked.score.pd_ppm, asked.terms.paid_today),
        paid_today=_preview(asked, capital.PAID_TODAY, now),
        sales_share=_preview(asked, capital.SALES_SHARE, borne),
        limits=share_limits(asked, max(asked.terms.sales_share.shares)),
        share_most=most,
        term_loan=loans.preview(asked),
        loan_limits=loans.limits(asked),
        loan_most=loans.best(asked),
        held=tuple(exposure.held_offers(seller_id)),
        running=tuple(a for a in advances if a.is_running),
        closed=tuple(a for a in advances if not a.is_running)[:20],
        features=features(asked),
    )


def _preview(asked: Questions, product: str, supports: Money) -> Outcome:
    """Whether the least amount of this product would be granted, and how much is free."""
    least = {
        capital.ORDER_ADVANCE: asked.terms.order_advance.amount_min,
        capital.SALES_SHARE: asked.terms.sales_share.amount_min,
        capital.PAID_TODAY: asked.terms.paid_today.amount_min,
    }[product]
    return asked.preview(product, Money(least, asked.currency), supports)


def _sample(asked: Questions) -> Quote:
    """What “paid today” makes of a sale of 1,000.00 without commission."""
    sale = Money.parse("1000", asked.currency)
    return today_rules.quote(sale, sale, asked.terms.paid_today, asked.score.pd_ppm)


def _base(asked: Questions) -> Base:
    return queries.base_of(
        asked.seller_id, asked.score.grade, asked.as_of, asked.terms, asked.currency
    )


def _claims(asked: Questions) -> list[OrderClaim]:
    return queries.order_claims(
        asked.seller_id, asked.as_of, asked.terms, asked.currency, asked.score.pd_ppm
    )


@dataclass(frozen=True, slots=True)
class OrderPage:
    """What can be drawn on orders, line by line."""

    asked: Questions
    base: Base
    outcome: Outcome
    rate: int
    free: Money
    daily_ppm: int
    apr_ppm: int
    age_bars: tuple[dict[str, Any], ...]


def order_page(seller_id: int) -> OrderPage:
    asked = Questions(seller_id, as_of_now())
    base, terms = _base(asked), asked.terms.order_advance
    outcome = _preview(asked, capital.ORDER_ADVANCE, base.capacity)
    daily = _order_daily(asked)
    return OrderPage(
        asked=asked,
        base=base,
        outcome=outcome,
        rate=terms.rates[asked.score.grade],
        free=Money(outcome.free, asked.currency),
        daily_ppm=daily,
        apr_ppm=daily * 365,
        age_bars=_ages(base),
    )


def _order_daily(asked: Questions) -> int:
    return order_rules.daily_ppm(asked.score.pd_ppm, asked.terms.order_advance)


def _ages(base: Base) -> tuple[dict[str, Any], ...]:
    """Value counted by days since shipping."""
    bins = ((0, 3), (4, 7), (8, 12), (13, 20))
    return tuple(
        {
            "label": f"{low}–{high} days",
            "value": sum(c.counted.minor for c in base.counted if low <= c.line.age_days <= high),
        }
        for low, high in bins
    )


def today_page(seller_id: int) -> tuple[Questions, list[OrderClaim], Outcome]:
    """Every order under way with what it fetches today."""
    claims = _claims(asked := Questions(seller_id, as_of_now()))
    ready = total((c.quote.advance for c in claims if not c.why), asked.currency)
    return asked, claims, _preview(asked, capital.PAID_TODAY, ready)


def share_limits(asked: Questions, share_ppm: int) -> tuple[tuple[str, Money], ...]:
    """The limits of which the smallest is the most one can take."""
    terms, net = asked.terms.sales_share, asked.net_365
    year, month = f"{terms.year_ppm * 100 // MILLION} %", share_rules.p25(asked.months)
    careful = share_rules.careful(asked.outlook, share_ppm, net.currency, terms)
    return (
        (f"{year} of 12 months' net sales ({net.grouped()})", net.ppm(terms.year_ppm)),
        (
            f"{terms.months} × a weak month ({month.grouped()}, the 25th percentile)",
            month * terms.months,
        ),
        (f"what a careful forecast repays at {share_ppm * 100 // MILLION} %", careful),
        *proven.line(asked, capital.SALES_SHARE),
        (f"your limit at grade {asked.score.grade}, less what you owe", asked.room),
    )


def best_share(asked: Questions) -> Money:
    """The most at the largest share, in whole hundreds."""
    most = services.most_of(asked, max(asked.terms.sales_share.shares))
    return Money(most.minor // _STEP * _STEP, asked.currency)


@dataclass(frozen=True, slots=True)
class Choice:
    """One position of the sliders; `offer` None says why in `why`."""

    amount: Money
    share_ppm: int
    offer: Offer | None
    why: str
    soon: date | None = None
    middle: date | None = None
    late: date | None = None


@dataclass(frozen=True, slots=True)
class SharePage:
    asked: Questions
    outcome: Outcome
    most: Money
    least: Money
    choice: Choice
    shares: tuple[Choice, ...]
    amounts: tuple[Money, ...]
    months: tuple[tuple[str, int, int], ...]
    limits: tuple[tuple[str, Money], ...]
    running: Advance | None


def share_page(
    seller_id: int, amount: int | None = None, share_ppm: int | None = None
) -> SharePage:
    """The sliders at this position (minor units, ppm), or in the middle."""
    asked = Questions(seller_id, as_of_now())
    terms = asked.terms.sales_share
    share_ppm = share_ppm if share_ppm in terms.shares else terms.shares[len(terms.shares) // 2]
    most = best_share(asked)
    least = Money(terms.amount_min, asked.currency)
    wanted = Money(amount, asked.currency) if amount else most.ppm(600_000, Rounding.DOWN)
    wanted = max(least, min(most, Money(wanted.minor // _STEP * _STEP, asked.currency)))
    return SharePage(
        asked=asked,
        outcome=asked.preview(capital.SALES_SHARE, least, services.borne(asked, share_ppm)),
        most=most,
        least=least,
        choice=_choice(asked, wanted, share_ppm),
        shares=tuple(_choice(asked, wanted, share) for share in terms.shares),
        amounts=_positions(least, most),
        months=_with_share(asked, share_ppm),
        limits=share_limits(asked, share_ppm),
        running=queries.running_share(seller_id),
    )


def _positions(least: Money, most: Money) -> tuple[Money, ...]:
    """Slider positions from the least to the most."""
    if most <= least:
        return (least,)
    width = most.minor - least.minor
    steps = [least.minor + width * i // (_POSITIONS - 1) for i in range(_POSITIONS)]
    return tuple(Money(step // _STEP * _STEP, most.currency) for step in steps)


def _choice(asked: Questions, amount: Money, share_ppm: int) -> Choice:
    offer = services.offer_of(asked, amount, share_ppm)
    most = services.most_of(asked, share_ppm)
    if offer is None:
        quick = services.is_too_quick(asked, amount, share_ppm)
        why = (
            "repaid within days: choose more, or a smaller share"
            if quick
            else "takes longer than 18 months"
        )
        return Choice(amount, share_ppm, None, why)
    if amount > most:
        return Choice(amount, share_ppm, None, f"at most {most.grouped()} at this share")
    today = clock.today()

    def at(days: int | None) -> date | None:
        return today + timedelta(days) if days is not None else None

    return Choice(amount, share_ppm, offer, "", at(offer.soon), at(offer.days), at(offer.late))


def _with_share(asked: Questions, share_ppm: int) -> tuple[tuple[str, int, int], ...]:
    """The last twelve stretches of 30 days, oldest first: (label, left to the shop, share)."""
    found = []
    for i, month in reversed(list(enumerate(asked.twelve))):
        start = clock.day_of(asked.as_of - timedelta(30 * (i + 1)))
        net = max(0, month.minor)
        taken = net * share_ppm // MILLION
        found.append((f"{start:%b} {start:%y}", net - taken, taken))
    return tuple(found)
