"""Prices and shelves of the dice's shops, what their owners bought, and charges of people."""

from typing import Any

DAY = 86_400
TODAY = 20_500


def add(dice: Any, sellers: int, buyers: int) -> None:
    for seller in range(5, sellers + 1):
        for number in range(6):
            _prices(dice, seller, number)
            _shelf(dice, seller, number)
    for _ in range(600):
        at = _at(dice, 900)
        who = {"seller_id": dice.roll.randrange(2, sellers), "amount": dice.roll.randrange(9_000)}
        partner = 1 + int(buyers * dice.roll.random() ** 3)
        dice.add("fact_supplies", at, supply_id=dice.new(), partner_id=partner, **who)
    for _ in range(800):
        kind = dice.roll.choice(["paid", "paid", "refused"])
        row = {"buyer_id": 2 + dice.roll.randrange(buyers), "amount": 500, "kind": kind}
        dice.add("fact_payment_tries", _at(dice, 200), **row, try_id=dice.new(), purpose="loan")


def _at(dice: Any, days: int) -> int:
    return (TODAY + 2 - dice.roll.randrange(days)) * DAY + dice.roll.randrange(DAY)


def _prices(dice: Any, seller: int, number: int) -> None:
    at, before = _at(dice, 600), None
    for _ in range(dice.roll.randrange(8)):
        price = dice.roll.randrange(50, 6_000)
        row = {"seller_id": seller, "variant_id": seller * 10 + number, "kind": "priced"}
        row |= {"event_id": dice.new(), "price": price, "before": before}
        dice.add("fact_goods_events", at, **row, product=f"p{seller}-{number}")
        at, before = dice.later(at, 80 * DAY), price


def _shelf(dice: Any, seller: int, number: int) -> None:
    at = _at(dice, 600)
    for step in range(dice.roll.randrange(5)):
        row = {"seller_id": seller, "kind": ("listed", "unlisted")[step % 2]}
        dice.add("fact_goods_events", at, **row, event_id=dice.new(), product=f"p{seller}-{number}")
        at = dice.later(at, 90 * DAY)
