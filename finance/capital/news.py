"""What sellers are told about their advances."""

from core import clock, messages
from core.money import Money
from finance.capital.models import Advance
from finance.risk import said
from finance.risk.outcome import Outcome
from mall import facts


def granted(advance: Advance) -> None:
    """It is in the balance."""
    messages.send(
        facts.seller(advance.seller_id).owner_id,
        "advance_paid",
        key=f"advance:{advance.number}:paid",
        link=f"/seller/capital/{advance.number}",
        number=advance.number,
        amount=Money(advance.principal, advance.currency),
    )


def declined(seller_id: int, product: str, amount: Money, outcome: Outcome) -> None:
    """Not now, with the reasons; once a day for each product, however often it is asked."""
    messages.send(
        facts.seller(seller_id).owner_id,
        "advance_refused",
        key=f"advance:{product}:{seller_id}:{clock.today()}",
        link="/seller/capital/",
        amount=amount,
        reasons=[why.text for why in outcome.reasons],
        chinese=[said.sentence(why.text, "zh") for why in outcome.reasons],
    )
