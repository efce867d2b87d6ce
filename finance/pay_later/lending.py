"""A plan begins: the loan is opened, and what each shop pays for it is written down."""

from core.errors import Conflict
from core.money import Money
from finance.campaigns import services as campaigns
from finance.contracts import mandates, shopping
from finance.contracts import services as contracts
from finance.loans import services as loans
from finance.pay_later.choices import Choice, share
from finance.risk.models import Decision
from mall.ports.payment_methods import CheckoutToPay
from payments import cards


class BudgetSpent(Conflict):
    message = "The shop's offer has just ended. Choose another way to pay."


class NoCard(Conflict):
    message = "This plan takes each part from a saved card, and you have none."


def lend(checkout: CheckoutToPay, choice: Choice, decision: Decision, number: str = "") -> str:
    """Open the loan, and write down what it costs each shop; gives its number.

    Raises OverLimit and BudgetSpent when somebody was faster, and NoCard.
    """
    loan = loans.open_loan(
        borrower_id=checkout.buyer_id,
        checkout_number=checkout.number,
        decision_id=decision.id,
        limit=Money(decision.credit_limit, decision.currency),
        terms=choice.plan.agreed,
        orders=[
            loans.FinancedOrder(order.number, order.seller_id, order.total)
            for order in checkout.orders
        ],
        on=checkout.on,
        number=number,
    )
    if choice.product.needs_card:
        loan.autopay_card_id = _card_of(checkout.buyer_id)
        mandates.keep(checkout.buyer_id, loan.number, True)
    by_order = choice.paid or (None,) * len(checkout.orders)
    todo = sorted(  # campaigns are locked in one order by whoever wants several
        zip(checkout.orders, by_order, strict=True),
        key=lambda of: of[1].campaign.id if of[1] else 0,
    )
    for order, paid in todo:
        fee = paid.fee if paid else share(order.total, choice.product)
        by = paid.campaign.number if paid else ""
        if not campaigns.promise(
            loan.number, (order.number, order.seller_id, order.total), fee, by
        ):
            raise BudgetSpent()
        if fee:
            price = shopping.of_price(checkout, order, choice.product, fee, by)
            contracts.accept(price, order.number, contracts.WITHOUT_PAGE)
    return loan.number


def _card_of(person_id: int) -> int:
    saved = cards.of(person_id)
    if not saved:
        raise NoCard()
    return saved[-1].id
