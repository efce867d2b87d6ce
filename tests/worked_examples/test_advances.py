"""Advances on sales: the published days and events of an open lending engine."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest

from core.money import Money
from finance.lending import advance_life
from finance.lending.advance_life import Charged, Event, GivenBack, Paid, TooMuchBack, fold
from finance.lending.advances import AdvanceRow, AdvanceTerms, longer, plan
from finance.lending.replay.text import parse

CASES: dict[str, Any] = {
    case["id"]: case
    for line in (Path(__file__).parent / "advances.jsonl").read_text().splitlines()
    if (case := cast(dict[str, Any], parse(line)))
}


def usd(amount: object) -> Money:
    return Money.parse(str(amount), "USD")


def _terms(config: dict[str, Any]) -> AdvanceTerms:
    return AdvanceTerms(
        net=usd(config["net_disbursement"]),
        fee=usd(config.get("discount_fee", 0)),
        volume=usd(config.get("total_payment_volume", 100_000)),
        rate_ppm=config.get("period_payment_rate_percent", 18) * 10_000,
        start=date.fromisoformat(config.get("start", config.get("disbursed", "2026-01-01"))),
        day_count=config.get("npv_day_count", 360),
    )


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("WC-")])
def test_days_of_an_advance(name: str) -> None:
    case, config = CASES[name], CASES[name]["config"]
    terms = _terms(config)
    paid = {date.fromisoformat(on): usd(amount) for on, _, amount in config.get("events", [])}
    rows = plan(terms, paid)
    for want in case["expected"]:
        _same(rows[want["nr"]], want)
    assert len(rows) == case.get("rows_total", case.get("payments", 0) + 1)
    if "eir_annual" in config:
        assert terms.eir == config["eir_annual"]
        assert (terms.payment, terms.count) == (usd(case["payment"]), case["payments"])


def _same(row: AdvanceRow, want: dict[str, Any]) -> None:
    assert str(row.on) == want["date"]
    assert (row.payment, row.balance) == (usd(want["payment"]), usd(want["balance"]))
    assert row.unearned == usd(want["unearned_discount"])
    if "amortization" in want:
        assert row.income == usd(want["amortization"])


def _event(said: dict[str, Any]) -> Event:
    on = date.fromisoformat(said.get("date", "2026-01-02"))
    if said["type"] == "CHARGE":
        return Charged(on, usd(said["amount"]))
    if said["type"] == "CREDIT_BALANCE_REFUND":
        return GivenBack(on, usd(said["amount"]))
    return Paid(on, usd(said["amount"]), said.get("reversed", False))


@pytest.mark.parametrize("name", ["WCE-03", "WCE-04", "WCE-06", "WCE-07", "WCE-18"])
def test_a_running_advance(name: str) -> None:
    case, want = CASES[name], CASES[name]["expected"]
    words = case["config"].get("payment_allocation", [])
    order = tuple(
        (word[: -len(part) - 1], part)
        for word in words
        for part in ("PENALTY", "FEE", "PRINCIPAL")
        if word.endswith(part)
    )
    events = [_event(said) for said in case["events"]]
    state = fold(_terms(case["config"]), events, order or advance_life.FEES_FIRST)
    assert state.overpaid == usd(want["overpaid"])
    if "outstanding" in want:
        assert (state.outstanding, state.status) == (usd(want["outstanding"]), want["status"])
    for got, said in zip(state.allocations, want.get("allocations", []), strict=False):
        assert (str(got.on), got.amount) == (said["date"], usd(said["amount"]))
        assert Decimal(got.principal.decimal_text()) == said["principal"]
        assert Decimal(got.fees.decimal_text()) == said["fees"]


@pytest.mark.parametrize("name", ["WCE-11", "WCE-13"])
def test_a_pause_makes_a_period_longer(name: str) -> None:
    case = CASES[name]
    end = date.fromisoformat(case["config"]["period_end"])
    pause = case["events"][0]
    days = (date.fromisoformat(pause["start"]), date.fromisoformat(pause["end"]))
    assert str(longer(end, *days)) == case["expected"]["period_end"]


def test_no_more_is_given_back_than_was_overpaid() -> None:
    """WCE-19."""
    case = CASES["WCE-19"]
    events = [_event(said) for said in case["events"]]
    with pytest.raises(TooMuchBack, match=case["expected"]["message"]):
        fold(_terms(case["config"]), events)
