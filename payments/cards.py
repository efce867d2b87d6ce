"""Saved cards: what a person recognizes them by, and the gateway's token; never a digit more."""

from collections.abc import Collection

from flask import current_app
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock, ids
from core.db import db, one
from core.errors import Conflict, NotFound
from core.use_case import end_read, use_case
from payments import gateways, purposes
from payments.gateway import CardSaved, Unavailable, UsedCard
from payments.models import Card, GatewayOp, Payment


class NotNow(Conflict):
    message = "The payment processor cannot be reached just now. Please try again in a minute."


class NoSuchCard(NotFound):
    message = "This card is no longer saved. Choose or enter another one."


def save(person_id: int, number: str, expiry: str, cvc: str) -> Card:
    """Turn a card's digits into a saved token and forget them; raises InvalidInput.

    expiry   month and year, `04/28`

    Asks the gateway, so it is called outside any use case. Only gateways with `takes_digits`.
    """
    end_read()
    gateway = gateways.current()
    return keep(person_id, gateway.name, gateway.save_card(person_id, number, expiry, cvc))


def setup_page(person_id: int, return_path: str) -> str:
    """The gateway's page that saves a card without paying; "" where cards are entered here.

    Asks the gateway, so it is called outside any use case; raises NotNow.
    """
    return_url = current_app.config["PUBLIC_URL"] + return_path
    customer = customer_of(person_id, "")
    end_read()
    try:
        return gateways.current().setup_page(person_id, return_url, customer).url
    except Unavailable:
        raise NotNow() from None


@use_case
def keep_saved(gateway: str, saved: CardSaved) -> str:
    """A person saved a card on the gateway's page; heard again it is the same card."""
    keep(saved.person_id, gateway, saved.card)
    return "saved"


@use_case
def keep(person_id: int, gateway: str, used: UsedCard) -> Card:
    """Save what the gateway keeps for us; the same token is saved once."""
    values = {
        "id": ids.new_id(),
        "created_at": clock.now(),
        "person_id": person_id,
        "gateway": gateway,
        "token": used.token,
        "customer": used.customer,
        "brand": used.brand,
        "last4": used.last4,
        "expires": used.expires,
        "fingerprint": used.fingerprint[:64],
    }
    db.session.execute(insert(Card).values(**values).on_conflict_do_nothing())
    return one(select(Card).where(Card.gateway == gateway, Card.token == used.token))


def of(person_id: int) -> list[Card]:
    """The cards a person may pay with now, the latest first."""
    query = select(Card).where(
        Card.person_id == person_id,
        Card.gateway == gateways.current().name,
        Card.removed_at.is_(None),
    )
    return list(db.session.scalars(query.order_by(Card.id.desc())))


def usable(people: Collection[int]) -> set[tuple[int, int]]:
    """(person, card's id) of all the cards these people may pay with now."""
    query = select(Card.person_id, Card.id).where(
        Card.person_id.in_(people),
        Card.gateway == gateways.current().name,
        Card.removed_at.is_(None),
    )
    return {(person, card) for person, card in db.session.execute(query)}


def used_by(payment_ids: Collection[int]) -> dict[int, str]:
    """`Visa ending in 4242` by payment; a card that has been removed since is still named.

    A transfer came from a "bank account". Payments made on the gateway's own page are left out:
    their card is not ours to name.
    """
    transfers = select(Payment.id).where(Payment.id.in_(payment_ids), Payment.gateway == "bank")
    query = (
        select(Payment.id, Card)
        .join(GatewayOp, GatewayOp.id == Payment.op_id)
        .join(
            Card,
            (Card.gateway == Payment.gateway) & (Card.token == GatewayOp.params["source"].astext),
        )
        .where(Payment.id.in_(payment_ids))
    )
    named = {payment_id: card.label for payment_id, card in db.session.execute(query)}
    return named | dict.fromkeys(db.session.scalars(transfers), "bank account")


def fingerprints(payment_ids: Collection[int]) -> dict[int, str]:
    """What tells one card from another, whoever saved it, by payment; unknown ones are left out."""
    query = (
        select(Payment.id, Card.fingerprint)
        .join(GatewayOp, GatewayOp.id == Payment.op_id)
        .join(
            Card,
            (Card.gateway == Payment.gateway) & (Card.token == GatewayOp.params["source"].astext),
        )
        .where(Payment.id.in_(payment_ids), Card.fingerprint != "")
    )
    return {payment_id: mark for payment_id, mark in db.session.execute(query)}


def fingerprints_of_people() -> list[tuple[int, str]]:
    """(person, fingerprint) of every card anybody saved, removed ones too."""
    query = select(Card.person_id, Card.fingerprint).where(Card.fingerprint != "")
    return [(person_id, mark) for person_id, mark in db.session.execute(query)]


def entered_here() -> bool:
    """Whether card numbers are entered on our own page (else on the gateway's)."""
    return gateways.current().takes_digits


@use_case
def remove(person_id: int, card_id: int) -> None:
    """Forget a card; raises NotFound for someone else's."""
    owned = select(Card).where(Card.id == card_id, Card.person_id == person_id)
    one(owned.where(Card.removed_at.is_(None))).removed_at = clock.now()


def customer_of(person_id: int, source: str) -> str:
    """The gateway's name for this payer; raises NoSuchCard when `source` is not theirs."""
    cards = of(person_id)
    if source and source not in [card.token for card in cards]:
        raise NoSuchCard()
    known = [card.customer for card in cards if card.customer and source in ("", card.token)]
    return known[0] if known else ""


purposes.on_facts(CardSaved, keep_saved)
