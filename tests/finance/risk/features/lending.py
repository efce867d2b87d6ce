"""What the lender knows of the shops and shoppers of the dice: contracts, plans, suspicions."""

from typing import Any

DAY = 86_400
TODAY = 20_500


def add(dice: Any, sellers: int, buyers: int) -> None:
    for _ in range(200):
        _contract(dice, 5 + dice.roll.randrange(sellers - 4))
    for _ in range(1_200):
        _plan(dice, 2 + int((buyers - 1) * dice.roll.random() ** 3))
    for order in dice.roll.sample(dice.world["fact_orders"], 500):
        if order["imported"] or order["seller_id"] < 5:
            continue
        at = dice.later(order["happened_s"], 30 * DAY)
        key = {"order_id": order["order_id"], "seller_id": order["seller_id"]}
        dice.add("fact_suspect_orders", at, **key, kind="suspected")
        if dice.roll.random() < 0.5:
            dice.add("fact_suspect_orders", dice.later(at, 30 * DAY), **key, kind="cleared")


def _contract(dice: Any, seller: int) -> None:
    roll = dice.roll
    at = (TODAY - roll.randrange(500)) * DAY
    key = {"seller_id": seller, "product": roll.choice(["sales_share", "order_advance"])}
    key |= {"contract_id": dice.new()}

    def event(kind: str, when: int, **more: int) -> None:
        dice.add("fact_contract_events", when, **key, kind=kind, **more)

    event("asked", at)
    event("opened", at, amount=10_000)
    for _ in range(roll.randrange(6)):
        kind = roll.choice(["missed", "pledged", "repaid", "recourse", "taken", "refused"])
        event(kind, dice.later(at, 60 * DAY), amount=roll.randrange(1, 9_000))
    for step in range(1, roll.randrange(1, 5)):
        row = {"contract_id": key["contract_id"], "seller_id": seller, "amount": 2_500 * step}
        dice.add("fact_contract_minimums", at, **row, due_day=at // DAY + 60 * step)
    if roll.random() < 0.7:
        late = roll.choice([0, 0, 3, 8, 40])
        event("closed", dice.later(at, 90 * DAY), days_late=late, good=int(late < 40))


def _plan(dice: Any, buyer: int) -> None:
    roll, loan = dice.roll, dice.new()
    key = {"loan_id": loan, "buyer_id": buyer}
    began = (TODAY + 2 - roll.randrange(500)) * DAY
    dice.add("fact_plan_events", began, **key, kind="opened", product="installments", amount=900)
    paid = 0
    for number in range(3):
        due = began // DAY + 30 * (number + 1)
        row = key | {"row_id": dice.new(), "due_day": due, "amount": 300}
        dice.add("fact_plan_rows", began, **row, kind="planned")
        when = (due + roll.choice([-20, -3, 0, 0, 1, 9])) * DAY
        if roll.random() < 0.9 and when > began:
            paid += 1
            dice.add("fact_plan_rows", when, **row, kind="paid")
    if paid == 3:
        end = (began // DAY + 99) * DAY
        dice.add("fact_plan_events", end, **key, kind="closed", product="installments", good=1)
    if roll.random() < 0.1:
        dice.add("fact_plan_events", dice.later(began, 99 * DAY), **key, kind="waived")
