"""What a shop has shown it repays, as a line among the limits of an offer."""

from core.money import Money
from finance.capital.terms import SALES_SHARE
from finance.risk.seller import Questions


def line(asked: Questions, product: str) -> tuple[tuple[str, Money], ...]:
    """(words, amount), or nothing where no limit begins low."""
    ladder = asked.rungs
    if ladder is None:
        return ()
    terms = asked.terms.sales_share if product == SALES_SHARE else asked.terms.term_loan
    least, owed = terms.amount_min, sum(ladder.owed.values())
    shown = ladder.rung.proven > ladder.first(least)
    why = "what you have shown you repay" if shown else "what your sales of a year paid us"
    more = ", less what you owe beside it" if owed else ""
    return ((f"{why}{more}", Money(ladder.free(product, least), asked.currency)),)
