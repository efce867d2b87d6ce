"""The line at checkout: one way to pay, a consent of its own for every purchase, never preselected."""

from datetime import date
from typing import Any

from core import clock
from core.errors import NotFound
from core.money import Money
from core.use_case import use_case
from finance.contracts import consents, shopping, showing
from finance.contracts import services as contracts
from finance.contracts.contract import BUYER, Contract
from finance.credit_line import papers, queries
from finance.credit_line.models import CreditLine, LineDraw
from finance.lending.life.statements import due_after
from finance.lending.life.terms import Terms as LifeTerms
from finance.lending.life.terms import from_data
from finance.loans import exposure
from finance.loans import services as loans
from finance.pay_later.method import PayLater, acceptance_of, reasons_of
from finance.pay_later.offers import percent
from finance.pricing import tables
from finance.products import Line
from finance.products.line import NAME
from finance.risk import buyer, buyer_words
from finance.risk.outcome import Outcome, Why
from mall.ports.payment_methods import CheckoutToPay, Declined, Offer, Paid, Row


class NoLine(NotFound):
    message = "You have no open line of credit. Choose another way to pay."


class MallCredit(PayLater):
    """The payment method `mall_credit`; its one offer `mall_credit:line`, references `mall_credit:L-…`.

    Each purchase is a loan of its own: giving back, pausing and receipt are those of a plan.
    """

    key = NAME
    can_wait = False

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        """The line, to whoever has opened one; with reasons it is shown, not offered."""
        line = queries.open_line(checkout.buyer_id)
        if line is None or consents.refused(BUYER, [checkout.buyer_id]):
            return []
        product = Line.from_data(line.terms)
        questions = buyer.Questions(checkout.buyer_id, checkout.total, clock.now())
        outcome = questions.preview(1, product.rules)
        contract = papers.of_draw(checkout, line, shopping.Names(checkout), outcome.grade)
        whys = (*_too_much(line, checkout.total), *outcome.reasons)
        return [_offer(line, product, checkout, contract, whys, outcome.grade)]

    def papers(self, checkout: CheckoutToPay, offer_key: str) -> str:
        """The contract of this purchase, whole."""
        line = _open(checkout.buyer_id)
        product = Line.from_data(line.terms)
        questions = buyer.Questions(checkout.buyer_id, checkout.total, clock.now())
        grade = questions.preview(1, product.rules).grade
        contract = papers.of_draw(checkout, line, shopping.Names(checkout), grade)
        return showing.offered(contract, back="/checkout")

    def hint(self, buyer_id: int | None, price: Money) -> str:
        """Nothing on product pages: plans say what a month costs."""
        return ""

    @use_case
    def pay(
        self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]
    ) -> Paid | Declined:
        """Decide with line and exposure locked, lend, and pay every order into escrow.

        The line comes first: payments hold it when they give the limit back.
        """
        line = queries.locked(_open(checkout.buyer_id).number)
        if not line.is_open:
            raise NoLine()
        exposure.lock(checkout.buyer_id)
        product = Line.from_data(line.terms)
        outcome, decision = buyer.decide_buyer(
            checkout.buyer_id, checkout.total, 1, ref=checkout.number, product=product.rules
        )
        if whys := (*_too_much(line, checkout.total), *outcome.reasons):
            return Declined(reasons_of(whys[:4]))
        contract = papers.of_draw(checkout, line, shopping.Names(checkout), outcome.grade)
        agreed = acceptance_of(details)
        agreed.check(contract)
        number = _draw(line, product, checkout, outcome, decision.id)
        contracts.accept(contract, number, agreed)
        return Paid(f"{NAME}:{number}")


def _open(person_id: int) -> CreditLine:
    line = queries.open_line(person_id)
    if line is None:
        raise NoLine()
    return line


def _too_much(line: CreditLine, amount: Money) -> tuple[Why, ...]:
    """Reasons of the line's own limit; the decision has those of all the person owes."""
    free = max(0, line.most - queries.used(line))
    if amount.minor <= free:
        return ()
    if line.own_ceiling is not None:
        return (buyer_words.own_ceiling(line.own_ceiling, line.currency),)
    return (buyer_words.over_limit(amount.minor, free, line.currency),)


def _draw(
    line: CreditLine, product: Line, checkout: CheckoutToPay, outcome: Outcome, decision_id: int
) -> str:
    """One purchase: the loan that it is; gives its number."""
    kept = {"title": product.rules.title, "withdraw_days": 0, "line": line.number}
    loan = loans.open_loan(
        borrower_id=checkout.buyer_id,
        checkout_number=checkout.number,
        decision_id=decision_id,
        limit=Money(outcome.limit, line.currency),
        terms=loans.Terms(
            product=NAME,
            months=1,
            apr_ppm=product.apr_ppm,
            kept={**kept, "grade": outcome.grade},
            **product.terms_data(line.closes),
        ),
        orders=[
            loans.FinancedOrder(order.number, order.seller_id, order.total)
            for order in checkout.orders
        ],
        on=checkout.on,
    )
    line.draws.append(LineDraw(loan=loan))
    return loan.number


def _offer(
    line: CreditLine,
    product: Line,
    checkout: CheckoutToPay,
    contract: Contract,
    whys: tuple[Why, ...],
    grade: str,
) -> Offer:
    due_on, zero = first_due(line, checkout.on), Money.zero(line.currency)
    price = percent(product.daily_ppm)
    return Offer(
        key=f"{NAME}:line",
        label=product.rules.title,
        summary=f"nothing if paid by {due_on.day} {due_on:%b %Y}, then {price} a day of what is left",
        total=checkout.total,
        method=NAME,
        apr_ppm=contract.rates.monthly,
        fee=zero,
        rows=(Row(1, due_on, checkout.total, zero),),
        reasons=reasons_of(whys[:4]),
        terms_hash=contract.hash,
        facts=(*showing.key_facts(contract), _pays_for(product, grade)),
        caution=showing.caution(contract),
    )


def _pays_for(product: Line, grade: str) -> tuple[str, str]:
    """The three parts of the price that what is left costs in a year."""
    price = product.breakdown(grade)
    label = f"Of {percent(price.apr_ppm)} a year of what is left"
    return label, tables.in_three(price)


def terms_of(line: CreditLine) -> LifeTerms:
    """The terms of something bought on the line when it was opened; for days of its statements."""
    data = {"count": 1, **Line.from_data(line.terms).terms_data(line.closes)}
    return from_data(data, 0, line.opened_on, ())


def first_due(line: CreditLine, on: date) -> date:
    """When something bought on a day is due, free of any price."""
    return due_after(on, terms_of(line))
