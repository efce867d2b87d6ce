"""The database's fold of a plan is ours, to the last minor unit, whatever happens to it."""

import json
from dataclasses import asdict, replace
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from finance.lending.life import events as kinds
from finance.lending.life import snapshot
from finance.lending.life.events import Event
from finance.lending.life.fold import fold
from finance.lending.life.terms import DAILY, FLAT, FREE, LEVEL, Terms, as_data
from tests.factories.owner import as_owner
from tests.finance.lending.life.lives import BOUGHT, Life, live

FOLD = text(
    "select to_jsonb(plan_fold(cast(:terms as jsonb), cast(:orders as jsonb), cast(:events as jsonb)))"
)


def in_sql(db: Any, terms: Terms, events: list[Event]) -> dict[str, Any]:
    """What the database makes of it, in the shape of `snapshot.as_data`, payments left out."""
    known = as_data(terms) | {"principal": terms.principal, "began_on": terms.began_on.isoformat()}
    told = [
        asdict(event) | {"on": event.on.isoformat(), "details": {"row": event.row, **event.details}}
        for event in events
    ]
    values = {"terms": known, "orders": terms.orders, "events": told}
    told_all = {name: json.dumps(value) for name, value in values.items()}
    with as_owner():  # the application has no need to call it
        found = db.session.execute(FOLD, told_all).scalar_one()
    rows = [{k: v for k, v in row.items() if k not in ("kept", "of_kept")} for row in found["rows"]]
    return {
        "rows": rows,
        "orders": found["orders"],
        "loan": {name: found[name] for name in snapshot.LOAN},
        "over": found["over"],
    }


def ours(terms: Terms, events: list[Event]) -> dict[str, Any]:
    state = fold(terms, events)
    found = snapshot.as_data(state) | {"over": state.over}
    del found["payments"]
    return found


@pytest.mark.parametrize("pricing", [FLAT, LEVEL, FREE])
def test_any_life(db: Any, pricing: str) -> None:
    for seed in range(120):
        life = live(seed, pricing=pricing)
        assert in_sql(db, life.terms, life.events) == ours(life.terms, life.events), seed


@pytest.mark.parametrize("seed", range(40))
def test_any_life_with_relief(db: Any, seed: int) -> None:
    """Rows moved, new rows, fees forgiven, payments taken back, all principal withdrawn."""
    life, dice = live(seed, turns=8), Random(seed)
    for _ in range(6):
        _more(life, dice)
        life.turn()
    assert in_sql(db, life.terms, life.events) == ours(life.terms, life.events)


def _more(life: Life, dice: Random) -> None:
    rows, pick = life.state.rows, dice.randint(0, 5)
    row = dice.choice(rows)
    if pick == 0:
        later = {str(r.number): (r.due_on + timedelta(30)).isoformat() for r in rows[-2:]}
        life.happen(kinds.RESCHEDULED, details={"dates": later})
    elif pick == 1 and row.principal_owed > 1:
        part = row.principal_owed // 2
        day = (rows[-1].due_on + timedelta(31)).isoformat()
        parts = [
            [row.number, row.due_on.isoformat(), row.principal - part, row.fee],
            [len(rows) + 1, day, part, 0],
        ]
        life.happen(kinds.RESCHEDULED, details={"rows": parts})
    elif pick == 2:
        what = dice.choice(["fee", "late_fee"])
        life.happen(kinds.FORGIVEN, amount=dice.randint(1, 400), row=row.number,
                    details={"part": what})  # fmt: skip
    elif pick == 3 and life.state.payments:
        paid = dice.choice(life.state.payments)
        if paid.amount > paid.returned:
            life.happen(kinds.CHARGED_BACK, amount=paid.amount - paid.returned, ref="D-1",
                        details={"payment": paid.entry})  # fmt: skip
    elif pick == 4 and dice.random() < 0.2:
        owed = sum(r.principal for r in rows) - sum(r.paid for r in rows)
        if owed > 0:
            life.happen(kinds.WITHDRAWN, amount=owed + dice.randint(0, 50))
    if life.state.over:
        life.happen(kinds.OVERPAID, amount=life.state.over)


@pytest.mark.parametrize("seed", range(40))
def test_heard_of_in_another_order(db: Any, seed: int) -> None:
    life, dice = live(seed), Random(seed)
    places = [event.entry for event in life.events]
    dice.shuffle(places)
    events = [replace(e, entry=place) for e, place in zip(life.events, places, strict=True)]
    assert in_sql(db, life.terms, events) == ours(life.terms, events)


@pytest.mark.parametrize("seed", range(60))
def test_any_life_of_a_price_by_the_day(db: Any, seed: int) -> None:
    """Statements close each month; one in three becomes a plan of equal payments."""
    dice = Random(seed)
    amounts = [dice.randint(10_000, 400_000) for _ in range(dice.randint(1, 2))]
    orders = tuple((f"O-{place}", amount) for place, amount in enumerate(amounts))
    terms = Terms(
        sum(amounts), BOUGHT, 1, DAILY, 500, orders, starts_at="purchase",
        closes=dice.randint(1, 28), pay_days=20, least_ppm=100_000, least=5_000,
    )  # fmt: skip
    life = Life(dice, terms)
    for turn in range(14):
        life.turn()
        life.happen(kinds.BILLED)
        if turn == 6 and seed % 3 == 0 and life.state.principal_owed:
            dates = [(life.day + timedelta(30 * n)).isoformat() for n in range(1, 5)]
            life.happen(kinds.CONVERTED, details={"dates": dates, "fee_ppm": 6_000})
        if turn == 9 and seed % 4 == 0:
            calm = {"calm_until": (life.day + timedelta(40)).isoformat()}
            life.happen(kinds.RESCHEDULED, details=calm)
    assert in_sql(db, life.terms, life.events) == ours(life.terms, life.events)


@pytest.mark.parametrize("seed", range(20))
def test_what_an_opening_stood_for(db: Any, seed: int) -> None:
    """A plan whose first half is known only by where it stood then."""
    life = live(seed, turns=10)
    life.happen(kinds.OPENING, details=snapshot.as_data(life.state))
    for _ in range(10):
        life.turn()
    assert in_sql(db, life.terms, life.events) == ours(life.terms, life.events)
