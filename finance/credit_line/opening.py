"""A line is opened, limited by its owner, and closed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import select

from core import clock, ids
from core.db import db
from core.errors import Conflict, InvalidInput
from core.money import Money
from core.use_case import use_case
from finance.contracts import services as contracts
from finance.contracts.contract import Contract
from finance.contracts.services import Acceptance
from finance.credit_line import papers, queries
from finance.credit_line.models import CLOSED, FULL, LEAST, CreditLine, LineEvent
from finance.lending.life.statements import closing_after
from finance.loans import exposure
from finance.pricing import current, tables
from finance.products.line import Line
from finance.risk import buyer
from finance.risk.outcome import Outcome
from payments import cards

LAST_CLOSING_DAY = 28  # a day that every month has


class NotSold(Conflict):
    message = "There is no line of credit under the rules of this mall's country."


@dataclass(frozen=True, slots=True)
class Offered:
    """The line a person could open now; `contract` None: not, for the reasons of `outcome`."""

    product: Line
    outcome: Outcome
    limit: Money
    contract: Contract | None

    @property
    def pays_for(self) -> str:
        """What a year of its price pays for: cost of money, risk, service."""
        return tables.in_three(self.product.breakdown(self.outcome.grade))


def currency_here() -> str:
    """The mall's currency."""
    return str(current_app.config["MALL_CURRENCY"])


def product_here() -> Line | None:
    """The line under the mall's rules, in its currency; None where it is not sold."""
    return current.line(*current.place())


def offered(person_id: int) -> Offered | None:
    """The answer before anybody asks, with the contract as it would be; None where nothing is sold."""
    product, currency = product_here(), current_app.config["MALL_CURRENCY"]
    if product is None:
        return None
    asked = Money(product.limit_min, currency)
    outcome = buyer.Questions(person_id, asked, clock.now()).preview(1, product.rules)
    product = product.priced(outcome.grade)
    limit = Money(outcome.limit if outcome.approved else 0, currency)
    contract = None
    if outcome.approved:
        contract = papers.of_line(person_id, product, limit.minor, currency, clock.today())
    return Offered(product, outcome, limit, contract)


@use_case
def open_line(
    person_id: int, agreed: Acceptance, *, ceiling: Money | None = None
) -> CreditLine | Outcome:
    """Decide and open; gives the line (the open one, if there is one) or the answer that says no.

    ceiling   the most its owner wants to owe on it, if less than the limit

    Raises NotSold, TermsChanged when the page showed another contract, InvalidInput.
    """
    exposure.lock(person_id)
    if known := queries.open_line(person_id):
        return known
    product, currency, on = product_here(), current_app.config["MALL_CURRENCY"], clock.today()
    if product is None:
        raise NotSold()
    outcome, decision = buyer.decide_buyer(
        person_id, Money(product.limit_min, currency), 1, product=product.rules
    )
    if not outcome.approved:
        return outcome
    product = product.priced(outcome.grade)
    contract = papers.of_line(person_id, product, outcome.limit, currency, on)
    agreed.check(contract)
    closes = min(on.day, LAST_CLOSING_DAY)
    line = CreditLine(
        number=ids.code("M"),
        person_id=person_id,
        decision_id=decision.id,
        currency=currency,
        credit_limit=outcome.limit,
        own_ceiling=_lower(ceiling, outcome.limit),
        daily_ppm=product.daily_ppm,
        terms=product.as_data(),
        closes=closes,
        opened_on=on,
        next_closing_on=closing_after(on, closes),
        autopay="",
    )
    db.session.add(line)
    db.session.flush()
    contracts.accept(contract, line.number, agreed)
    remember(line, "opened", "opened", on, amount=outcome.limit)
    return line


def _lower(ceiling: Money | None, limit: int) -> int | None:
    if ceiling is None:
        return None
    if not 0 < ceiling.minor <= limit:
        raise InvalidInput("Your own ceiling is between 0.01 and the limit of the line.")
    return ceiling.minor


@use_case
def set_ceiling(number: str, person_id: int, ceiling: Money | None) -> None:
    """The most its owner wants to owe on the line; None: the limit. Raises InvalidInput."""
    queries.line_of(person_id, number)
    line = queries.locked(number)
    line.own_ceiling = _lower(ceiling, line.credit_limit)


@use_case
def set_autopay(number: str, person_id: int, what: str, card_id: int | None) -> None:
    """What is paid by itself on the due day (`least`, `full`, or ""), and which card stands behind it."""
    queries.line_of(person_id, number)
    line = queries.locked(number)
    if what not in ("", LEAST, FULL):
        raise InvalidInput("Choose what is paid by itself.")
    if card_id is not None and card_id not in {card.id for card in cards.of(person_id)}:
        raise InvalidInput("Choose one of your saved cards.")
    line.autopay, line.autopay_card_id = what, card_id if what else None


@use_case
def close(number: str, person_id: int) -> None:
    """No more purchases; what is owed stays owed, and is billed until it is paid. Again: nothing."""
    queries.line_of(person_id, number)
    line = queries.locked(number)  # waits for a purchase under way
    if line.is_open:
        line.state, line.closed_on = CLOSED, clock.today()
        remember(line, "closed", "closed", clock.today())


def remember(line: CreditLine, key: str, kind: str, on: date, **facts: Any) -> bool:
    """Write down what was done, once; False when it had been. facts: amount (minor units), note."""
    known = select(LineEvent.id).where(LineEvent.line_id == line.id, LineEvent.key == key)
    if db.session.scalar(known) is not None:
        return False
    facts = {"amount": 0, "note": "", **facts}
    db.session.add(LineEvent(line_id=line.id, key=key, kind=kind, on=on, **facts))
    db.session.flush()
    return True
