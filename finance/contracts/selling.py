"""The contract of a shop's advance, made from the very terms that its row is made from."""

from datetime import date
from typing import TYPE_CHECKING

from flask import current_app

from core import clock
from core.money import Money
from finance.capital.term_loan import rules as loan_rules
from finance.capital.terms import ORDER_ADVANCE, PAID_TODAY, SALES_SHARE, TERM_LOAN, Terms
from finance.contracts import building, conditions, lenders
from finance.contracts.building import Deal
from finance.contracts.contract import SELLER, Contract, Party, Purchase, Row
from mall import facts

if TYPE_CHECKING:  # it makes contracts, so it imports this file
    from finance.capital.opening import Agreed


def of_advance(seller_id: int, made: "Agreed", terms: Terms, grade: str) -> Contract:
    """What the shop would agree to today; the same before the press and after it.

    grade   the shop's, by which banks choose what they lend
    """
    deal = Deal(
        product=made.product,
        regime=current_app.config["MALL_REGIME"],
        currency=made.principal.currency,
        on=clock.today(),
        borrower=Party(seller_id, facts.seller(seller_id).name),
        lenders=lenders.of_record(
            made.product,
            made.principal.minor,
            made.principal.currency,
            apr_ppm=made.columns.get("apr_ppm", 0),
            grade=grade,
        ),
    )
    return _MAKERS[made.product](deal, made, terms)


def _order_advance(deal: Deal, made: "Agreed", terms: Terms) -> Contract:
    parts: dict[str, int] = {}
    for line, part in made.pledges:
        parts[line.order_number] = parts.get(line.order_number, 0) + part.minor
    backing = [Purchase(deal.borrower.id, number, parts[number]) for number in sorted(parts)]
    return building.of_order_advance(
        deal,
        made.principal.minor,
        made.columns["rate_ppm"],
        conditions.order_advance(terms.order_advance),
        backing,
    )


def _paid_today(deal: Deal, made: "Agreed", terms: Terms) -> Contract:
    days = terms.paid_today.expected_days
    clauses = conditions.paid_today(terms.paid_today)
    backing = [Purchase(deal.borrower.id, _order(made), made.principal.minor)]
    advance, fee = made.principal.minor, made.columns["fee"]
    return building.of_sale(deal, advance, fee, days, clauses, backing)


def _order(made: "Agreed") -> str:
    """The one order whose claim is sold."""
    return made.pledges[0][0].order_number


def _sales_share(deal: Deal, made: "Agreed", terms: Terms) -> Contract:
    days = made.columns["forecast_days"]
    minimums = [(date.fromisoformat(day), amount) for day, amount in made.facts["minimums"]]
    ceiling = current_app.config["HOLDBACK_CEILING_PPM"]
    clauses = conditions.sales_share(terms.sales_share, ceiling, days, minimums)
    amount, fee, share = made.principal.minor, made.columns["fee"], made.columns["share_ppm"]
    return building.of_sales_share(deal, amount, fee, share, days, clauses)


def _term_loan(deal: Deal, made: "Agreed", terms: Terms) -> Contract:
    amount = Money(made.principal.minor, deal.currency)
    daily = made.columns["rate_ppm"]
    plan = loan_rules.offer(amount, len(made.facts["rows"]), daily, deal.on)
    rows = [Row(r.number, r.due_on, r.principal.minor, r.interest.minor) for r in plan.rows]
    clauses = conditions.term_loan(terms.term_loan)
    return building.of_plan(deal, rows, clauses, side=SELLER, daily_ppm=daily)


_MAKERS = {
    ORDER_ADVANCE: _order_advance,
    PAID_TODAY: _paid_today,
    SALES_SHARE: _sales_share,
    TERM_LOAN: _term_loan,
}
