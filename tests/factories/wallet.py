"""Balances people have with the mall."""

from core import ids
from mall.accounts.models import Person
from mall.wallet import services
from payments import cards
from payments import services as payments
from tests.factories.orders import saved_card, yuan


def give_balance(person: Person, amount: str) -> None:
    """`amount` on the person's balance, paid in by a saved card."""
    card_id = saved_card(person.id).partition(":")[2]
    token = next(card.token for card in cards.of(person.id) if str(card.id) == card_id)
    payment = services.top_up(person.id, yuan(amount), ids.code("K"), token)
    assert payments.refresh(payment.id).state == "succeeded"
