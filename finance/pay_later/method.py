"""Pay in parts, plugged into the checkout: offers, the decision, the loan, and giving back."""

from datetime import date
from typing import Any

from flask import current_app

from core import clock
from core.money import Money
from core.use_case import use_case
from core.web import money
from finance.campaigns import services as campaigns
from finance.contracts import boxes, consents, shopping, showing
from finance.contracts import services as contracts
from finance.contracts.contract import BUYER, Contract
from finance.loans import exposure
from finance.loans import services as loans
from finance.pay_later import glance, holding, lending
from finance.pay_later import offers as plans
from finance.pay_later.choices import Choice, choices, chosen
from finance.pricing import tables
from finance.products import Installments
from finance.risk import buyer, buyer_words
from finance.risk.outcome import Outcome, Why
from mall.ports.payment_methods import (
    CheckoutToPay,
    Declined,
    GiveBack,
    GivenBack,
    Held,
    Offer,
    Paid,
    Reason,
    Row,
    ToCard,
)
from mall.ports.splits import Split
from payments import cards

KEY, CAMPAIGN = "pay_later", "interest_free"


class PayLater:
    """The payment method `pay_later`; offer keys `pay_later:12`, references `pay_later:L-…`.

    Beside a card it waits: what was agreed is held until the card has paid (finance.pay_later.holding).
    """

    key = KEY
    can_wait = True

    def offers(self, checkout: CheckoutToPay) -> list[Offer]:
        """One offer a term, each with its own answer; with reasons it is shown, not offered.

        None at all to whoever does not want to be scored.
        """
        if consents.refused(BUYER, [checkout.buyer_id]):
            return []
        questions = buyer.Questions(checkout.buyer_id, checkout.total, clock.now())
        names = shopping.Names(checkout)
        return [
            offer
            for product in buyer.shelf()
            for offer in _offers(checkout, product, questions, names)
        ]

    def papers(self, checkout: CheckoutToPay, offer_key: str) -> str:
        """The contract of an offer, whole, before it is agreed to."""
        code = offer_key.partition(":")[2]
        choice = chosen(checkout, buyer.shelf(), code)
        questions = buyer.Questions(checkout.buyer_id, checkout.total, clock.now())
        grade = questions.preview(choice.plan.months, choice.product).grade
        choice = chosen(checkout, buyer.shelf(), code, grade)
        contract = shopping.of_plan(checkout, choice.plan, shopping.Names(checkout))
        return showing.offered(contract, back="/checkout")

    def hint(self, buyer_id: int | None, price: Money) -> str:
        """The longest plan up to a year, which is the lowest month; the price is one for all."""
        if buyer_id is not None and glance.refused(buyer_id):
            return ""
        found = [p for p in plans.plans(price, buyer.terms(), clock.today()) if p.months <= 12]
        if not found:
            return ""
        shown = plans.shown_ppm(found[-1], clock.today(), regime_here())
        return f"from {plans.in_words(found[-1], shown)}"

    @use_case
    def pay(
        self, checkout: CheckoutToPay, offer_key: str, details: dict[str, Any]
    ) -> Paid | Held | Declined:
        """Decide with the person's exposure locked, lend, and pay every order into escrow."""
        code = offer_key.partition(":")[2]
        choice = chosen(checkout, buyer.shelf(), code)
        exposure.lock(checkout.buyer_id)
        if reasons := _without_card(choice.product, checkout.buyer_id):
            return Declined(reasons)
        outcome, decision = buyer.decide_buyer(
            checkout.buyer_id,
            checkout.total,
            choice.plan.months,
            ref=checkout.number,
            product=choice.product,
        )
        if not outcome.approved:
            return Declined(reasons_of(outcome.reasons), _counter_key(choice.product, outcome))
        if not choice.paid:
            choice = chosen(checkout, buyer.shelf(), code, outcome.grade)
        contract = shopping.of_plan(checkout, choice.plan, shopping.Names(checkout))
        agreed = acceptance_of(details)
        agreed.check(contract)
        if checkout.waits:
            return Held(f"{KEY}:{holding.hold(checkout, choice, decision, agreed)}")
        number = lending.lend(checkout, choice, decision)
        contracts.accept(contract, number, agreed)
        return Paid(f"{KEY}:{number}")

    def collect(self, payment_ref: str, checkout: CheckoutToPay) -> None:
        """The card has paid its part: the plan begins as agreed; raises PlanGone."""
        holding.draw(_loan_of(payment_ref), checkout)

    def release(self, payment_ref: str) -> None:
        """The card has not paid: what was held of the limit is free again."""
        holding.release(_loan_of(payment_ref))

    def give_back(self, wanted: GiveBack) -> GivenBack:
        """As if never bought; the fee earned on it is borne by the seller at fault, else the mall."""
        back = loans.give_back(
            _loan_of(wanted.payment_ref),
            wanted.order_number,
            wanted.refund_number,
            wanted.amount,
            wanted.on,
        )
        campaigns.returned(wanted.order_number, wanted.refund_number, wanted.amount, wanted.on)
        zero = Money.zero(wanted.amount.currency)
        by_seller = wanted.fault == "seller"
        return GivenBack(
            transfers=back.transfers,
            to_cards=tuple(ToCard(payment_id, amount) for payment_id, amount in back.to_cards),
            to_wallet=back.to_wallet,
            seller_pays=back.borne if by_seller else zero,
            mall_pays=zero if by_seller else back.borne,
            note=f"Payments become {back.payment.grouped()}."
            if back.payment
            else "The plan is void.",
        )

    def fee_earned(self, payment_ref: str, amount: Money) -> Money:
        """The fee that rows already due or paid have earned on `amount`."""
        return loans.fee_earned_on(_loan_of(payment_ref), amount)

    def paused(self, payment_ref: str, order_number: str, amount: Money, pause: bool) -> None:
        """What an open return is about is not due until it is decided."""
        number = _loan_of(payment_ref)
        loans.pause(number, order_number, amount, clock.today(), begin=pause)

    def shipped(self, payment_ref: str, order_number: str, on: date) -> None:
        """Plans in four begin when the last order is on its way."""
        loans.shipped(_loan_of(payment_ref), order_number, on)

    def received(self, payment_ref: str, order_number: str, on: Any) -> None:
        """The last order's receipt starts the plan's clock."""
        loans.received(_loan_of(payment_ref), order_number, on)


def regime_here() -> str:
    """Whose rules this mall works under."""
    return str(current_app.config["MALL_REGIME"])


def _loan_of(payment_ref: str) -> str:
    return payment_ref.partition(":")[2]


def acceptance_of(details: dict[str, Any]) -> contracts.Acceptance:
    """How the shopper agreed: by the page's checkbox, or without any page."""
    if "terms_hash" not in details:
        return contracts.WITHOUT_PAGE
    return contracts.Acceptance(str(details["terms_hash"]), contracts.CHECKBOX)


def _offers(
    checkout: CheckoutToPay,
    product: Installments,
    questions: buyer.Questions,
    names: shopping.Names,
) -> list[Offer]:
    counts = product.terms_for(checkout.total)
    answers = {count: questions.preview(count, product) for count in counts}
    grade = next((answer.grade for answer in answers.values()), "")
    missing = _without_card(product, checkout.buyer_id)
    found = choices(checkout, product, grade)
    return [
        _offer(
            choice,
            answers[choice.plan.months],
            shopping.of_plan(checkout, choice.plan, names),
            missing,
            grade,
        )
        for choice in found
    ]


def _without_card(product: Installments, buyer_id: int) -> tuple[Reason, ...]:
    if not product.needs_card or cards.of(buyer_id):
        return ()
    text = "This plan takes each part from a saved card, and you have none."
    return (
        Reason("RB14", text, "Save a card on your account page, or pay now.", "/account/cards"),
    )


def _offer(
    choice: Choice, outcome: Outcome, contract: Contract, missing: tuple[Reason, ...], grade: str
) -> Offer:
    plan = choice.plan
    apr = boxes.rate_of(contract.rates, contract.regime) if plan.fee else 0
    by = f" · {choice.by}" if choice.by else ""
    return Offer(
        key=f"{KEY}:{choice.code}",
        label=plan.product.words(plan.months),
        summary=plans.in_words(plan, apr, money) + by,
        total=plan.total,
        method=KEY,
        apr_ppm=apr,
        fee=plan.fee,
        rows=tuple(Row(row.number, row.due_on, row.principal, row.fee) for row in plan.rows),
        early=plan.early if plan.fee else None,
        reasons=(*missing, *reasons_of(outcome.reasons)),
        terms_hash=contract.hash,
        facts=(*showing.key_facts(contract), *_pays_for(plan, grade)),
        caution=showing.caution(contract),
        split=None if missing else _split(plan.product, outcome, plan.amount.currency),
    )


def _pays_for(plan: plans.Plan, grade: str) -> tuple[tuple[str, str], ...]:
    """The three parts of the rate, 12 × the monthly one, in whichever way it was made."""
    if not plan.fee:
        return ()
    price = tables.of_plan(plan.product, grade, plan.months)
    label = f"Of {tables.percent(price.apr_ppm)} (12 × the rate a month)"
    return ((label, tables.in_three(price)),)


def _split(product: Installments, outcome: Outcome, currency: str) -> Split | None:
    """The counter-offer that pays some at once, as the checkout sells it in one step."""
    counter = outcome.counter
    if counter is None or not counter.now or product.name == CAMPAIGN:
        return None
    return Split(
        Money(counter.now, currency),
        Money(counter.in_parts, currency),
        f"{KEY}:{product.key(counter.months)}",
        product.words(counter.months),
    )


def reasons_of(whys: tuple[Why, ...]) -> tuple[Reason, ...]:
    """Reasons of a decision as the checkout shows them."""
    return tuple(Reason(why.code, why.text, why.change, _where(why)) for why in whys)


def _where(why: Why) -> str:
    """The page on which one says when one was born, for whom nobody has asked yet."""
    return "/account/credit#born" if why.change == buyer_words.SAY_BORN else ""


def _counter_key(product: Installments, outcome: Outcome) -> str:
    """Another term for the whole basket, if one would do; a smaller basket is said in words."""
    counter = outcome.counter
    return f"{KEY}:{product.key(counter.months)}" if counter and not counter.now else ""
