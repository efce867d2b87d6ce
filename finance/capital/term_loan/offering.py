"""The term loan before a contract: limits, positions of the slider, the plan at one of them."""

from dataclasses import dataclass

from core.money import Money, Rounding
from finance.capital import proven, queries
from finance.capital.models import Advance
from finance.capital.term_loan import rules, services
from finance.capital.term_loan.rules import Offer
from finance.capital.terms import TERM_LOAN
from finance.risk.outcome import Outcome
from finance.risk.seller import Questions
from finance.risk.services import as_of_now

_STEP = 10_000  # whole hundreds
_POSITIONS = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """So many months: the offer, None where there is none."""

    months: int
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class LoanPage:
    asked: Questions
    outcome: Outcome
    least: Money
    most: Money
    amount: Money
    choice: Choice
    choices: tuple[Choice, ...]
    amounts: tuple[Money, ...]
    limits: tuple[tuple[str, Money], ...]
    running: Advance | None


def loan_page(seller_id: int, amount: int | None = None, months: int | None = None) -> LoanPage:
    """The sliders at this position (minor units, months), or in the middle."""
    asked = Questions(seller_id, as_of_now())
    terms = asked.terms.term_loan
    months = months if months in terms.months else terms.months[len(terms.months) // 2]
    least, most = Money(terms.amount_min, asked.currency), best(asked)
    wanted = Money(amount, asked.currency) if amount else most.ppm(600_000, Rounding.DOWN)
    wanted = max(least, min(most, Money(wanted.minor // _STEP * _STEP, asked.currency)))
    choices = tuple(Choice(m, services.offer_of(asked, wanted, m)) for m in terms.months)
    return LoanPage(
        asked=asked,
        outcome=preview(asked),
        least=least,
        most=most,
        amount=wanted,
        choice=next(choice for choice in choices if choice.months == months),
        choices=choices,
        amounts=_positions(least, most),
        limits=limits(asked),
        running=queries.running(seller_id, TERM_LOAN),
    )


def preview(asked: Questions) -> Outcome:
    """Whether the least loan would be granted, and how much is free."""
    least = Money(asked.terms.term_loan.amount_min, asked.currency)
    return asked.preview(TERM_LOAN, least, services.borne(asked))


def best(asked: Questions) -> Money:
    """The most, in whole hundreds."""
    most = min(services.most_of(asked), asked.room)
    return Money(most.minor // _STEP * _STEP, asked.currency)


def limits(asked: Questions) -> tuple[tuple[str, Money], ...]:
    """The limits of which the smallest is the most one can take."""
    terms, net = asked.terms.term_loan, asked.net_365
    year, middle, most = rules.limits(net, asked.months, terms)
    half_months = terms.median_ppm // 500_000
    times = f"{half_months // 2}{'.5' if half_months % 2 else ''} ×"
    month = rules.median(asked.months).grouped()
    return (
        (f"{terms.year_ppm // 10_000} % of 12 months' net sales ({net.grouped()})", year),
        (f"{times} the middle month ({month})", middle),
        ("the most for any shop", most),
        *proven.line(asked, TERM_LOAN),
        (f"your limit at grade {asked.score.grade}, less what you owe", asked.room),
    )


def _positions(least: Money, most: Money) -> tuple[Money, ...]:
    if most <= least:
        return (least,)
    width = most.minor - least.minor
    steps = [least.minor + width * i // (_POSITIONS - 1) for i in range(_POSITIONS)]
    return tuple(Money(step // _STEP * _STEP, most.currency) for step in steps)
