"""Lines of credit, opened and drawn through the same use cases as the pages."""

from typing import Any

from core.use_case import use_case
from finance.contracts.services import WITHOUT_PAGE
from finance.credit_line import opening, queries
from finance.credit_line.billing import close_statement
from finance.credit_line.models import CreditLine
from finance.loans.models import Loan
from finance.loans.queries import loan_for_order
from mall.orders.models import Order
from tests.factories.goods import make_product
from tests.factories.orders import orders_of_answer, place_and_pay, put_in_cart


def make_line(person: Any) -> CreditLine:
    """The person's open line; she has a past long enough for it."""
    line = opening.open_line(person.id, WITHOUT_PAGE)
    assert isinstance(line, CreditLine), line
    return line


def buy(person: Any, price: str, seller: Any) -> Order:
    """Something of this price, bought on the line."""
    put_in_cart(person, make_product(seller, price))
    return orders_of_answer(place_and_pay(person, offer_key="mall_credit:line"))[0]


def draw(person: Any, price: str, seller: Any) -> Loan:
    """The same; gives the purchase as the loan that it is."""
    loan = loan_for_order(buy(person, price, seller).number)
    assert loan is not None
    return loan


@use_case
def close_next_statement(line: CreditLine) -> None:
    """The next statement closes, whatever day it is."""
    assert close_statement(queries.locked(line.number)) is not None
