"""A plan beside a card: agreed to and held at the click, begun when the card has paid, else let go."""

from dataclasses import dataclass, replace

from sqlalchemy import select

from core import ids
from core.db import db, get, one
from core.errors import DomainError
from core.money import Money
from core.use_case import use_case
from finance.contracts import services as contracts
from finance.contracts import shopping
from finance.contracts.services import Acceptance
from finance.loans import exposure
from finance.loans.models import Claim
from finance.loans.rules import ClaimState
from finance.pay_later import lending
from finance.pay_later.choices import Choice, chosen
from finance.pay_later.models import HeldPlan
from finance.products import Installments
from finance.risk import buyer, services
from finance.risk.models import Decision
from finance.risk.outcome import Why
from mall.ports.gone import HoldGone
from mall.ports.payment_methods import CheckoutToPay, Reason


class PlanGone(HoldGone):
    """Why a held plan does not begin; `refused` is the question the lender now says no to."""

    message = "The plan for the rest can no longer begin: {why}"

    def __init__(
        self, why: str, whys: tuple[Why, ...] = (), refused: services.Question | None = None
    ) -> None:
        super().__init__(why=why)
        self.reasons = tuple(Reason(each.code, each.text, each.change) for each in whys)
        self._refused = refused

    def keep(self) -> None:
        """The decision, which stays on record like every other."""
        if self._refused is not None:
            services.decide(self._refused)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that begins when a card has paid: the number it will have, how much, in what parts."""

    number: str
    amount: Money
    words: str


@use_case
def hold(checkout: CheckoutToPay, choice: Choice, decision: Decision, agreed: Acceptance) -> str:
    """Set the plan's part of the limit aside for half an hour; gives the number its loan will have.

    The person's exposure is locked by the caller. Raises OverLimit.
    """
    limit = Money(decision.credit_limit, decision.currency)
    exposure.hold(checkout.buyer_id, checkout.number, checkout.total, limit)
    held = HeldPlan(
        loan_number=ids.code("L"),
        checkout_number=checkout.number,
        person_id=checkout.buyer_id,
        decision_id=decision.id,
        code=choice.code,
        on=checkout.on,
        seen_hash=agreed.seen,
        how=agreed.how,
    )
    db.session.add(held)
    db.session.flush()
    return held.loan_number


@use_case
def draw(loan_number: str, checkout: CheckoutToPay) -> None:
    """Begin the plan as it was agreed to; where the hold has ended, only if it is granted again.

    Raises PlanGone: the caller lets nothing of it stand.
    """
    held = _held(loan_number)
    decision = get(Decision, held.decision_id)
    if not exposure.is_held(checkout.number):
        decision = _granted_again(decision, checkout)
    try:
        _begin(held, decision, replace(checkout, on=held.on))
    except DomainError as refusal:
        raise PlanGone(str(refusal)) from refusal


@use_case
def release(loan_number: str) -> None:
    """The card will not pay: free what was set aside."""
    exposure.release(_held(loan_number).checkout_number)


def waiting(person_id: int, loan_number: str) -> Waiting | None:
    """A person's plan that a card is still to pay beside; None once it has ended."""
    query = (
        select(HeldPlan, Decision)
        .join(Decision, Decision.id == HeldPlan.decision_id)
        .join(Claim, Claim.ref == HeldPlan.checkout_number)
        .where(
            HeldPlan.loan_number == loan_number,
            HeldPlan.person_id == person_id,
            Claim.state == ClaimState.HELD,
        )
    )
    found = db.session.execute(query).first()
    if found is None:
        return None
    held, decision = found
    months = decision.inputs["asked"]["months"]
    return Waiting(held.loan_number, decision.money, _product(decision).words(months))


def _held(loan_number: str) -> HeldPlan:
    found: HeldPlan = one(select(HeldPlan).where(HeldPlan.loan_number == loan_number))
    return found


def _granted_again(before: Decision, checkout: CheckoutToPay) -> Decision:
    exposure.lock(checkout.buyer_id)
    product, months = _product(before), before.inputs["asked"]["months"]
    questions = buyer.Questions(checkout.buyer_id, checkout.total, services.as_of_now())
    question = questions.about(months, checkout.number, product)
    outcome, decision = services.decide(question)
    if not outcome.approved:
        raise PlanGone(outcome.reasons[0].text, outcome.reasons, question)
    return decision


def _product(decision: Decision) -> Installments:
    """The terms of that day: a price that changed meanwhile is for the next plan."""
    return Installments.from_data(decision.inputs["terms"])


def _begin(held: HeldPlan, decision: Decision, checkout: CheckoutToPay) -> None:
    choice = chosen(checkout, (_product(decision),), held.code, decision.grade)
    contract = shopping.of_plan(checkout, choice.plan, shopping.Names(checkout))
    number = lending.lend(checkout, choice, decision, held.loan_number)
    contracts.accept(contract, number, Acceptance(held.seen_hash, held.how))
