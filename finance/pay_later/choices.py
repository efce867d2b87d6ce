"""What can be chosen for a checkout: each product's plans, and those a shop makes interest-free."""

from dataclasses import dataclass, replace

from core.errors import NotFound
from core.money import MILLION, Money
from finance.campaigns import services as campaigns
from finance.campaigns.models import Campaign
from finance.lending.life.terms import FREE
from finance.pay_later import offers
from finance.pay_later.offers import Plan
from finance.products import Installments
from mall.ports.payment_methods import CheckoutToPay

SPONSORED = "installments"  # the product whose fee a campaign takes over


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan; `campaign` pays `price` for it, or (None) the shops do by the product's own rate."""

    plan: Plan
    price: Money
    campaign: Campaign | None = None

    @property
    def code(self) -> str:
        """`12`, `30d`, `4x`, or `12:K-…` under a campaign."""
        code = self.plan.product.key(self.plan.months)
        return f"{code}:{self.campaign.number}" if self.campaign else code

    @property
    def product(self) -> Installments:
        return self.plan.product


def choices(checkout: CheckoutToPay, product: Installments, grade: str = "D") -> list[Choice]:
    """Every plan of a product for this checkout; one that a campaign covers is free instead.

    A campaign that says `paynow` takes its tenors away from whom it does not cover.
    """
    found = []
    running = campaigns.for_checkout(checkout) if product.name == SPONSORED else []
    for plan in offers.plans(checkout.total, product, checkout.on, grade):
        mine = [campaign for campaign in running if plan.months in campaign.tenors]
        covering = next(
            (c for c in mine if campaigns.covers(c, checkout.buyer_id, plan.fee, checkout.on)), None
        )
        if covering:
            found.append(Choice(_free(plan, checkout), plan.fee, covering))
        elif not any(campaign.fallback == "paynow" for campaign in mine):
            found.append(Choice(plan, share(checkout.total, product)))
    return found


def _free(plan: Plan, checkout: CheckoutToPay) -> Plan:
    product = replace(
        plan.product,
        name="interest_free",
        title="Pay in {n} parts, interest-free",
        pricing=FREE,
        monthly_fee_ppm=0,
    )
    return offers.plan(plan.amount, plan.months, product, checkout.on)


def share(amount: Money, product: Installments) -> Money:
    """What a seller pays for so much of a plan, by the product's rate, halves up."""
    minor = (2 * amount.minor * product.seller_ppm + MILLION) // (2 * MILLION)
    return Money(minor, amount.currency)


def chosen(
    checkout: CheckoutToPay, shelf: tuple[Installments, ...], code: str, grade: str = "D"
) -> Choice:
    """The choice of this code; raises NotFound for one that is not sold for this checkout."""
    for product in shelf:
        for choice in choices(checkout, product, grade):
            if choice.code == code:
                return choice
    raise NotFound("There is no such plan for this amount. Choose one from the list.")
