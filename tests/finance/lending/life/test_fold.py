"""Whatever happens to a loan: one rule, one state, every minor unit in one place."""

from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from core.money import Money
from finance.lending.as_if import Standing, undo
from finance.lending.life import events as kinds
from finance.lending.life import snapshot
from finance.lending.life.events import Event
from finance.lending.life.fold import fold
from finance.lending.life.plan import amounts
from finance.lending.life.terms import FLAT, LEVEL, Terms
from tests.finance.lending.life.lives import live, some_terms

SEEDS = range(120)


def phone(**changes):
    """3,600.00 in 12 at 0.5 % a month, bought and received on 10 March."""
    terms = Terms(360_000, date(2026, 3, 10), 12, FLAT, 5_000, (("O-1", 360_000),))
    return replace(terms, **changes)


def life_of(terms, *happened):
    """Folded: lent, received, and (kind, day, facts) one after the other."""
    day = terms.began_on
    events = [Event(kinds.LENT, day, 1), Event(kinds.RECEIVED, day, 2, ref="O-1")]
    for kind, on, facts in happened:
        events.append(Event(kind, date.fromisoformat(on), len(events) + 1, **facts))
    return fold(terms, events)


def net(state):
    found = Counter()
    for moved in state.moves.values():
        for debit, credit, amount, _ in moved:
            found[debit] += amount
            found[credit] -= amount
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_all_at_once_is_one_after_the_other(seed):
    life = live(seed)
    assert snapshot.as_data(fold(life.terms, life.events)) == snapshot.as_data(life.state)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_hearing_does_not_matter(seed):
    """Events heard of in any order, each with its own day, make the same state."""
    life, dice = live(seed), Random(seed)
    days = Counter(event.on for event in life.events)
    one_a_day = [e for e in life.events if days[e.on] == 1 or e.kind in ("lent", "received")]
    places = list(range(1, len(one_a_day) + 1))
    dice.shuffle(places)
    heard = [replace(e, entry=p) for e, p in zip(one_a_day, places, strict=True)]
    dice.shuffle(heard)
    first, second = fold(life.terms, one_a_day), fold(life.terms, heard)
    assert snapshot.as_data(first)["rows"] == snapshot.as_data(second)["rows"]
    assert +net(first) == +net(second)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_book_follows_the_rows_after_every_event(seed):
    life = live(seed)
    for upto in range(1, len(life.events) + 1):
        state = fold(life.terms, life.events[:upto])
        owed = net(state)
        book = tuple(owed[f"loan_{part}"] for part in ("principal", "interest", "fee"))
        assert book == state.on_the_book
        assert owed["over"] == -state.over and state.over >= 0
        assert owed["loss_allowance"] == 0
        assert sum(row.principal for row in state.rows) == life.terms.principal - state.refunded
        for row in state.rows:
            assert 0 <= row.principal_paid <= row.principal
            assert 0 <= row.fee_paid <= row.fee and 0 <= row.late_fee_paid <= row.late_fee
        lies_here = sum(p.amount - p.returned for p in state.payments)
        assert lies_here == state.over + sum(r.paid + r.late_fee_paid for r in state.rows)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_refund_leaves_what_the_smaller_purchase_would_have_cost(seed):
    """Paid on the day, returned at any time: Σ in − out = (P − R) + fee(P − R)."""
    dice = Random(seed)
    terms = some_terms(dice, dice.choice([FLAT, LEVEL]))
    number, most = terms.orders[0]
    refund = dice.randint(1, most)
    happened, back_at = [], dice.randint(0, terms.count)
    days = [Event(kinds.LENT, terms.began_on, 1)]
    for number_of, _ in terms.orders:
        days.append(Event(kinds.RECEIVED, terms.began_on, len(days) + 1, ref=number_of))
    state = fold(terms, days)
    for row_number in range(terms.count + 1):
        if row_number == back_at:
            on = state.rows[min(row_number, terms.count - 1)].due_on
            facts = {"amount": refund, "ref": "R", "details": {"order": number}}
            happened.append(Event(kinds.REFUNDED, on, len(days) + len(happened) + 1, **facts))
        if row_number < terms.count:
            state = fold(terms, [*days, *happened])
            row = state.rows[row_number]
            if row.owed:
                entry = len(days) + len(happened) + 1
                happened.append(Event(kinds.PAID, row.due_on, entry, row.owed))
    state = fold(terms, [*days, *happened])
    paid = sum(event.amount for event in happened if event.kind == kinds.PAID)
    back = sum(said.back for said in state.said.values())
    cost = sum(a + b for a, b in amounts(terms, terms.principal - refund))
    assert state.over == 0
    assert paid - back == cost
    assert not any(row.owed for row in state.rows)


@pytest.mark.parametrize("seed", range(60))
def test_the_fold_undoes_as_the_older_rule_did(seed):
    """The refund rule written twice: whole units here, `as_if.undo` there."""
    life = live(seed, turns=5, pricing=FLAT)
    before = life.state
    shaped = any(row.keep != 1 for row in before.rows) or before.charged_off_on
    if shaped or before.refunded == life.terms.principal:
        return
    rows = [
        Standing(
            r.number, r.due_on, *(Money(v, "CNY") for v in (r.principal, r.fee)),
            *(Money(v, "CNY") for v in (r.principal_paid, r.fee_paid)),
            accrued=r.accrued_on is not None, fee_free=r.fee_free,
        )
        for r in before.rows
    ]  # fmt: skip
    order = next(o for o in before.orders.values() if not o.is_gone)
    amount = Random(seed).randint(1, order.amount - order.refunded)
    undone = undo(rows, Money(amount, "CNY"), 5_000)
    late = sum(r.late_fee_paid for r in before.rows)
    life.happen(kinds.REFUNDED, amount=amount, ref="R", details={"order": order.number})
    assert [(r.principal, r.fee, r.paid) for r in life.state.rows] == [
        (r.principal.minor, r.fee.minor, r.paid.minor) for r in undone.rows
    ]
    everything = life.state.refunded == life.terms.principal
    said = life.state.said[len(life.events)]
    assert said.back == undone.cash_back.minor + (late if everything else 0)


def test_the_accessory_of_j2():
    state = life_of(
        phone(),
        ("paid", "2026-04-10", {"amount": 31_800}),
        ("paid", "2026-05-10", {"amount": 31_800}),
        ("refunded", "2026-05-20", {"amount": 120_000, "ref": "R", "details": {"order": "O-1"}}),
    )
    said = state.said[5]
    assert (said.back, said.borne, said.relief) == (21_200, 1_200, 127_200)
    assert [row.payment for row in state.rows] == [21_200] * 12
    assert [row.owed for row in state.rows] == [0, 0] + [21_200] * 10


def test_settling_after_two_saves_ten_fees():
    state = life_of(
        phone(),
        ("paid", "2026-04-10", {"amount": 31_800}),
        ("paid", "2026-05-10", {"amount": 31_800}),
        ("settled", "2026-05-20", {"amount": 300_000}),
    )
    assert state.state == "paid" and state.saved == {5: 18_000}


def test_shorter_pays_the_last_rows_and_smaller_shrinks_all_of_them():
    """1,500.00 beside the first 318.00: five rows fewer, or eleven of 172.64."""
    for extra, payments in (
        ("shorter", [31_800] * 7 + [30_000] * 5),
        ("smaller", None),
    ):
        state = life_of(
            phone(),
            ("due", "2026-04-10", {"row": 1}),
            ("paid", "2026-04-10", {"amount": 181_800, "details": {"extra": extra}}),
        )
        if payments:
            assert [row.payment for row in state.rows] == payments
            assert [row.owed for row in state.rows] == [0] + [31_800] * 6 + [0] * 5
            assert state.saved == {4: 5 * 1_800}
        else:  # 1,800.00 of 3,300.00 are left: 163.64 and a fee of 9.82
            assert {row.owed for row in state.rows[1:]} <= {17_345, 17_346, 17_347}
            assert sum(row.principal_owed for row in state.rows) == 180_000


def test_a_level_plan_made_shorter_keeps_its_payment():
    terms = phone(pricing=LEVEL, rate_ppm=180_000)
    state = life_of(
        terms,
        ("due", "2026-04-10", {"row": 1}),
        ("paid", "2026-04-10", {"amount": 33_005 + 100_000, "details": {"extra": "shorter"}}),
    )
    left = [row.owed for row in state.rows[1:] if row.owed]
    assert left[:-1] == [33_005] * (len(left) - 1) and len(left) == 8
    assert sum(row.principal_owed for row in state.rows) == 360_000 - 127_605


def test_a_payment_heard_of_late_undoes_the_late_fee():
    late = [
        ("due", "2026-04-10", {"row": 1}),
        ("late", "2026-04-14", {"row": 1}),
        ("late_fee", "2026-04-21", {"row": 1, "amount": 175}),
    ]
    assert life_of(phone(), *late).late_fee_owed == 175
    in_time = ("paid", "2026-04-10", {"amount": 31_800})
    assert life_of(phone(), *late, in_time).late_fee_owed == 0


def test_a_month_only_later_never_earlier_and_a_latest_start_binds():
    once = phone(count=1, every="day", step=0, first=30, latest=15, pricing="free")
    lent = [Event(kinds.LENT, once.began_on, 1)]
    assert fold(once, lent).rows[0].due_on == date(2026, 4, 24)  # 45 days after the order
    early = [*lent, Event(kinds.RECEIVED, date(2026, 3, 14), 2, ref="O-1")]
    assert fold(once, early).rows[0].due_on == date(2026, 4, 13)  # 30 days after receipt
    never = [*lent, Event(kinds.RECEIVED, date(2026, 4, 14), 2, ref="O-1")]
    assert fold(once, never).rows[0].due_on == date(2026, 4, 24)
