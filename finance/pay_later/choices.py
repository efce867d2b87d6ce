"""What can be chosen for a checkout: each product's plans, and those a shop makes interest-free."""

from collections.abc import Sequence
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
class Paid:
    """What a shop pays for its order's part of a free plan, out of its campaign."""

    campaign: Campaign
    fee: Money


@dataclass(frozen=True, slots=True)
class Choice:
    """A plan. Campaigns pay for it, one for each order of the checkout, or (none) the shops do by
    the product's own rate."""

    plan: Plan
    paid: tuple[Paid, ...] = ()

    @property
    def code(self) -> str:
        """`12`, `30d`, `4x`; under a campaign `12:K-…`, under those of several shops `12:shops`."""
        code = self.plan.product.key(self.plan.months)
        if not self.paid:
            return code
        return f"{code}:{self.paid[0].campaign.number if len(self.paid) == 1 else 'shops'}"

    @property
    def by(self) -> str:
        """Who pays the fee, in words; "" when the shopper does."""
        if not self.paid:
            return ""
        if len(self.paid) == 1:
            return f"{self.paid[0].campaign.title}: the shop pays the fee"
        return "Each shop pays the fee of its part"

    @property
    def product(self) -> Installments:
        return self.plan.product


def choices(checkout: CheckoutToPay, product: Installments, grade: str = "D") -> list[Choice]:
    """Every plan of a product for this checkout; one that campaigns cover is free instead.

    One checkout is one plan, so it is free when every shop in it covers its own part. A campaign
    that says `paynow` takes its tenors away from whom it does not cover, in a checkout of its shop.
    """
    found = []
    running = campaigns.for_checkout(checkout) if product.name == SPONSORED else []
    for plan in offers.plans(checkout.total, product, checkout.on, grade):
        mine = [[c for c in of_shop if plan.months in c.tenors] for of_shop in running]
        if paid := _covered(checkout, plan, mine):
            found.append(Choice(_free(plan, checkout), paid))
        elif not (len(mine) == 1 and any(c.fallback == "paynow" for c in mine[0])):
            found.append(Choice(plan))
    return found


def _covered(
    checkout: CheckoutToPay, plan: Plan, mine: Sequence[Sequence[Campaign]]
) -> tuple[Paid, ...]:
    """A campaign for each order's part of the fee; none where one of them is not covered."""
    if not mine or not all(mine):
        return ()
    found = []
    for fee, of_shop in zip(_parts(checkout, plan.fee), mine, strict=True):
        for campaign in of_shop:
            if campaigns.covers(campaign, checkout.buyer_id, fee, checkout.on):
                found.append(Paid(campaign, fee))
                break
        else:
            return ()
    return tuple(found)


def _parts(checkout: CheckoutToPay, fee: Money) -> list[Money]:
    """The fee by what each order costs, halves up; the last takes the rest."""
    parts, whole = [], checkout.total.minor
    for order in checkout.orders[:-1]:
        parts.append((2 * fee.minor * order.total.minor + whole) // (2 * whole))
    parts.append(fee.minor - sum(parts))
    return [Money(minor, fee.currency) for minor in parts]


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
