"""What a seller's advance tells the banks that lend a part of it."""

from datetime import date

from finance.capital.models import Advance
from finance.funding import services as funding
from finance.funding.sharing import Standing


def begin(advance: Advance) -> None:
    """Banks lend their parts; a fee that was kept back at the start is shared at once."""
    principal = advance.money(advance.principal)
    funding.fund(
        funding.NewLoan(
            advance.number,
            advance.product,
            "",  # its contract is made before its grade is known
            principal,
            advance.apr_ppm,
            advance.began_on,
        )
    )
    follow(advance, advance.began_on)


def follow(advance: Advance, on: date) -> None:
    """Banks get their parts of what has changed since they were told."""
    now = Standing(
        principal=advance.principal_owed.minor,
        interest=advance.fee_paid,
        lost=advance.principal_forgiven,
        recovered=advance.recovered,
    )
    funding.follow(advance.number, now, on=on, cause=advance.product)
