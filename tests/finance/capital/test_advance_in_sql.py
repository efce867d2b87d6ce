"""The database's fold of an advance is ours, to the millionth, whatever happens to it."""

import json
from dataclasses import asdict
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from finance.capital.fold import orders, term
from finance.capital.fold.apply import fold
from finance.capital.fold.state import Contract, Event, Pledged, Row
from finance.capital.terms import CN, ORDER_ADVANCE, PAID_TODAY, SALES_SHARE, TERM_LOAN
from tests.factories.owner import as_owner

BEGAN = date(2026, 3, 1)
FOLD = text(
    "select to_jsonb(advance_fold(cast(:a as jsonb), cast(:parts as jsonb), cast(:events as jsonb)))"
)
OF_PRODUCT = {
    SALES_SHARE: ("sale", "sale", "sale", "paid", "sales_back", "minimum_met", "minimum_missed",
                  "share_paused", "minimums_changed", "waived"),
    TERM_LOAN: ("paid", "paid", "paid", "paid", "waived", "replanned"),
    ORDER_ADVANCE: ("released", "released", "refund_due", "recourse", "lapsed"),
    PAID_TODAY: ("released", "refund_due", "recourse"),
}  # fmt: skip
LAST = ("charged_off", "early", "renewed", "canceled", "recovered", "review")


def start(dice: Random, product: str) -> Contract:
    """Any contract as it was agreed."""
    principal, flat = dice.randint(10_000, 900_000), product in (SALES_SHARE, PAID_TODAY)
    fee = principal // dice.randint(8, 40) if flat else 0
    c = Contract(
        product, "CNY", BEGAN, CN.of_product(product), principal, fee=fee, fee_charged=fee,
        fee_paid=fee if product == PAID_TODAY else 0,
        rate_ppm=0 if flat else dice.randint(100, 900), forecast_days=dice.randint(20, 300),
    )  # fmt: skip
    if product == SALES_SHARE:
        c.share_ppm = c.share_agreed_ppm = c.share_max_ppm = dice.choice([80_000, 150_000])
        c.minimums = [["2026-04-30", principal // 3], ["2026-06-29", principal + fee]]
    elif product == TERM_LOAN:
        parts = [principal // 4] * 3 + [principal - principal // 4 * 3]
        c.rows = [Row(n, BEGAN + timedelta(30 * n), part) for n, part in enumerate(parts, 1)]
    else:
        n = dice.randint(1, 5)
        parts = [principal // n] * (n - 1) + [principal - principal // n * (n - 1)]
        c.pledges = [Pledged(i, f"O-{i // 2}", part, BEGAN) for i, part in enumerate(parts)]
    return c


def life(dice: Random, c: Contract) -> list[Event]:
    """Up to twenty events, some of which undo one before."""
    day, events = BEGAN, [Event("paid_out", BEGAN, c.principal, id=1)]
    for _ in range(dice.randint(1, 20)):
        day += timedelta(dice.randint(0, 25))
        kinds = OF_PRODUCT[c.product] if dice.random() < 0.92 else LAST
        kind, amount = dice.choice(kinds), dice.randint(1, c.principal // 2)
        made = Event(kind, day, amount, _data(dice, c, kind, day, amount), len(events) + 1)
        events.append(made)
        if dice.random() < 0.06:
            undone = {"of": dice.choice(events).id}
            events.append(Event("reversed", day, 0, undone, len(events) + 1))
    return events


def _data(dice: Random, c: Contract, kind: str, day: date, amount: int) -> dict[str, Any]:
    rows = [[(day + timedelta(30 * n)).isoformat(), amount // 2 + 1] for n in (1, 2)]
    return {
        "sale": {"gross": amount * 2},
        "minimum_missed": {"share_ppm": dice.choice([160_000, 200_000])},
        "share_paused": {"until": (day + timedelta(20)).isoformat()},
        "minimums_changed": {"minimums": [["2026-07-30", amount]]},
        "paid": {"how": dice.choice(["", "shorter", "smaller"])},
        "replanned": {"rows": rows},
        "released": {"order": f"O-{dice.randint(0, 2)}"},
        "refund_due": {"order": f"O-{dice.randint(0, 2)}", "before": amount + dice.randint(0, 900)},
        "recourse": {"only_due": dice.random() < 0.5}
        | ({"orders": ["O-0", "O-2"]} if dice.random() < 0.3 else {}),
        "lapsed": {"line": dice.randint(0, 4)},
    }.get(kind, {})


def in_sql(db: Any, c: Contract, events: list[Event]) -> dict[str, Any]:
    agreed = {"rows": [[r.due_on.isoformat(), r.principal] for r in c.rows]}
    terms = {"product": c.terms, "agreed": agreed | {"minimums": c.minimums}}
    told = {"terms": terms, "product": c.product, "began_on": BEGAN.isoformat()}
    for name in ("principal", "fee", "rate_ppm", "share_agreed_ppm", "forecast_days"):
        told[name] = getattr(c, name)
    values = {
        "a": told,
        "parts": [[p.line_id, p.order_number, p.principal] for p in c.pledges],
        "events": [asdict(event) for event in events],
    }
    with as_owner():  # the application has no need to call it
        said = {name: json.dumps(value, default=str) for name, value in values.items()}
        return dict(db.session.execute(FOLD, said).scalar_one())


def same(sql: dict[str, Any], c: Contract) -> None:
    ours = json.loads(json.dumps(asdict(c), default=str))
    lists = {"parts": ours.pop("pledges"), "rows": ours.pop("rows")}
    for name in ("terms", "currency"):
        del ours[name]
    assert {name: sql[name] for name in ours} == ours
    for name, rows in lists.items():
        assert sql[name] == rows, name


@pytest.mark.parametrize("product", [SALES_SHARE, TERM_LOAN, ORDER_ADVANCE, PAID_TODAY])
def test_any_life(db: Any, product: str) -> None:
    seen, lives = set(), 0
    for seed in range(150):
        dice = Random(seed)
        c = start(dice, product)
        events = life(dice, c)
        try:
            state, _ = fold(c, events)
        except ValueError:  # such a thing cannot happen to this contract
            continue
        same(in_sql(db, c, events), state)
        seen |= {event.kind for event in events}
        lives += 1
    assert lives > 100 and seen >= set(OF_PRODUCT[product])


@pytest.mark.parametrize("seed", range(20))
def test_through_a_day_on_which_nothing_happened(db: Any, seed: int) -> None:
    dice, day = Random(seed), BEGAN + timedelta(100)
    for product in (TERM_LOAN, ORDER_ADVANCE):
        c = start(dice, product)
        state, _ = fold(c, [])
        if product == TERM_LOAN:
            term.to_day(state, day)
        else:
            orders.reckon(state, state.pledges, day)
        begun, to = json.dumps(in_sql(db, c, []), default=str), {"on": day}
        query = (
            "select to_jsonb(advance_to_day(jsonb_populate_record(null::advance_state,"
            " cast(:begun as jsonb)), :on))"
        )
        with as_owner():
            found = db.session.execute(text(query), {"begun": begun, **to}).scalar_one()
        same(found, state)
