"""What a shop reads of a price: cost of money, risk, and service."""

from finance.capital.early_settlement import rules as today_rules
from finance.capital.order_advance import rules as order_rules
from finance.capital.sales_share.rules import Offer as ShareOffer
from finance.capital.sales_share.rules import Targets
from finance.capital.term_loan import rules as loan_rules
from finance.capital.term_loan.rules import Offer as LoanOffer
from finance.pricing.tables import in_three
from finance.risk.seller import Questions


def of_orders(asked: Questions) -> str:
    """Of an order advance's rate."""
    return in_three(order_rules.breakdown(asked.score.pd_ppm, asked.terms.order_advance))


def of_today(asked: Questions) -> str:
    """Of the yearly rate of an order that is paid today."""
    return in_three(today_rules.breakdown(asked.score.pd_ppm, asked.terms.paid_today))


def of_share(asked: Questions, offer: ShareOffer) -> str:
    """Of a sales share's rate at the forecast."""
    targets = Targets(asked.score.grade, asked.score.pd_ppm, asked.terms.sales_share)
    return in_three(targets.breakdown(offer.days, offer.apr_ppm))


def of_loan(asked: Questions, offer: LoanOffer) -> str:
    """Of a term loan's rate."""
    score, terms = asked.score, asked.terms.term_loan
    return in_three(loan_rules.breakdown(score.grade, score.pd_ppm, offer.months, terms))
