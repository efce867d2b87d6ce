"""How every advance begins: its row, its terms frozen, its exposure, its money; and the answers."""

from dataclasses import asdict, dataclass, field
from typing import Any

from core import clock, ids
from core.db import db
from core.money import Money
from finance.capital import bookkeeping, exposure, funded, news, recording
from finance.capital.fold.state import Event
from finance.capital.models import Advance, AdvanceRow, Pledge
from finance.capital.order_advance.rules import Line
from finance.capital.terms import PAID_TODAY, Terms
from finance.contracts import selling
from finance.contracts import services as contracts
from finance.contracts.services import WITHOUT_PAGE, Acceptance
from finance.risk.models import Decision
from finance.risk.outcome import Outcome
from ledger import book


@dataclass(frozen=True, slots=True)
class Drawn:
    """Paid into the balance under this contract number."""

    number: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not now, for the outcome's reasons; `free` of it is what would be granted."""

    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Kept:
    """The offer is held under the number its contract will have."""

    number: str


Answer = Drawn | Refused


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a new contract is made of, whatever the product.

    columns   of the advance's row: fee, rates, forecast …
    facts     agreed beside the settings: `rows` of S1, `minimums` of S3
    pledges   order lines and what is advanced on each
    accepted  how the seller agreed, with the contract that was shown
    """

    product: str
    principal: Money
    columns: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    pledges: tuple[tuple[Line, Money], ...] = ()
    accepted: Acceptance = WITHOUT_PAGE


def begin(
    seller_id: int, key: str, decision: Decision, made: Agreed, terms: Terms, *, number: str = ""
) -> Drawn:
    """Freeze the terms and pay it into the seller's balance; the exposure is locked.

    number   of the offer that was held for it
    """
    advance = Advance(
        number=number or ids.code("A"),
        seller_id=seller_id,
        key=key,
        product=made.product,
        decision_id=decision.id,
        grade=decision.grade,
        currency=made.principal.currency,
        principal=made.principal.minor,
        began_on=clock.today(),
        terms={"product": terms.of_product(made.product), "agreed": made.facts},
        **made.columns,
    )
    advance.pledges += [_pledge(seller_id, line, part) for line, part in made.pledges]
    db.session.add(advance)
    db.session.flush()
    _add_rows(advance)
    exposure.draw(advance, decision.credit_limit)
    _pay_out(advance)
    contract = selling.of_advance(
        seller_id, made, terms, decision.grade
    )  # before banks give their parts
    funded.begin(advance)
    contracts.accept(contract, advance.number, made.accepted)
    news.granted(advance)
    return Drawn(advance.number)


def _add_rows(advance: Advance) -> None:
    start = recording.start_of(advance)
    advance.minimums = start.minimums
    advance.next_due_on = start.next_due_on
    advance.accrued_until = advance.began_on
    advance.rows += [AdvanceRow(**asdict(row)) for row in start.rows]


def _pay_out(advance: Advance) -> None:
    principal, fee = advance.money(advance.principal), advance.money(advance.fee)
    fee_now = advance.product == PAID_TODAY
    book.post(
        bookkeeping.paid_out(
            advance.number, advance.seller_id, principal, fee, advance.began_on, fee_now=fee_now
        )
    )
    recording.book_interest(advance, 0, 0, advance.began_on)  # a day may have been run ahead
    recording.remember(advance, Event("paid_out", advance.began_on, advance.principal))


def _pledge(seller_id: int, line: Line, part: Money) -> Pledge:
    return Pledge(
        seller_id=seller_id,
        line_id=line.line_id,
        order_number=line.order_number,
        amount=line.amount.minor,
        principal=part.minor,
        accrued_until=clock.today(),
    )
