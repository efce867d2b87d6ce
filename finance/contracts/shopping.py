"""The contract of a purchase paid in parts, made from the rows shown at checkout."""

from flask import current_app

from core.money import Money
from finance.contracts import building, conditions, lenders
from finance.contracts.building import Deal
from finance.contracts.contract import Contract, Party, Purchase, Row
from finance.lending.life.terms import FLAT, LEVEL
from finance.pay_later.offers import Plan
from finance.products import Installments
from mall import facts
from mall.ports.payment_methods import CheckoutToPay, OrderToPay


class Names:
    """Who takes part, read once for all plans of a checkout."""

    def __init__(self, checkout: CheckoutToPay) -> None:
        self.borrower = facts.person_names([checkout.buyer_id]).get(checkout.buyer_id, "")
        self.sellers = facts.seller_names([order.seller_id for order in checkout.orders])


def of_price(
    checkout: CheckoutToPay, order: OrderToPay, product: Installments, price: Money, campaign: str
) -> Contract:
    """What a shop pays for the plan that pays its order, whoever lends; campaign "": by the rate."""
    shop = facts.seller_names([order.seller_id]).get(order.seller_id, "")
    deal = Deal(
        product=product.name,
        regime=current_app.config["MALL_REGIME"],
        currency=price.currency,
        on=checkout.on,
        borrower=Party(order.seller_id, shop),
        lenders=lenders.alone(),
    )
    return building.of_price(
        deal,
        Purchase(order.seller_id, order.number, order.total.minor),
        price.minor,
        conditions.plan_price(product.seller_ppm, campaign),
        campaign=bool(campaign),
    )


def of_plan(checkout: CheckoutToPay, plan: Plan, names: Names) -> Contract:
    """What the shopper would agree to with this plan; the same before the click and after it."""
    amount, product, priced = plan.amount, plan.product, plan.agreed
    deal = Deal(
        product=product.name,
        regime=current_app.config["MALL_REGIME"],
        currency=amount.currency,
        on=checkout.on,
        borrower=Party(checkout.buyer_id, names.borrower),
        lenders=lenders.of_record(
            product.name,
            amount.minor,
            amount.currency,
            apr_ppm=plan.apr_ppm,
            grade=str(priced.kept.get("grade", "")),
        ),
    )
    orders = sorted(checkout.orders, key=lambda order: order.seller_id)
    return building.of_plan(
        deal,
        [Row(row.number, row.due_on, row.principal.minor, row.fee.minor) for row in plan.rows],
        conditions.purchase(
            product.late,
            product.withdraw_until(checkout.on),
            start=conditions.start_of(product),
            card=product.needs_card,
        ),
        purchases=[
            Purchase(one.seller_id, names.sellers.get(one.seller_id, ""), one.total.minor)
            for one in orders
        ],
        monthly_ppm=priced.rate_ppm if priced.pricing == FLAT else 0,
        yearly_ppm=priced.rate_ppm if priced.pricing == LEVEL else 0,
    )
