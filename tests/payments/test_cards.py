"""Saved cards, the sandbox's pages, and the terminal."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text

from core import clock, ids
from core.errors import InvalidInput, NotFound
from core.use_case import use_case
from payments import cards, sandbox_bank, services, sweeps
from payments.cards import NoSuchCard
from payments.sandbox_cards import SANDBOX_CARDS, luhn
from tests.factories.payments import (
    DECLINED,
    KEPT_500,
    Stall,
    a_while_later,
    balance,
    intend,
    make_card,
    pay,
    yuan,
)

pytestmark = pytest.mark.usefixtures("db")


def test_a_card_is_kept_by_what_one_recognizes_and_never_by_its_digits(db: Any) -> None:
    with clock.travel(date(2026, 11, 25)):
        card = cards.save(70, "4242 4242 4242 4242", "04 / 28", "123")
    assert (card.label, card.expires) == ("Visa ending in 4242", "2028-04")
    assert [saved.id for saved in cards.of(70)] == [card.id]
    for table in ("card", "sandbox_card"):
        with sandbox_bank.engine().connect() as bank:
            rows = bank.execute(text(f"select t::text from {table} t")).scalars().all()
        rows += db.session.execute(text(f"select t::text from {table} t")).scalars().all()
        assert rows and not [row for row in rows if "4242424242" in row.replace(" ", "")]


@pytest.mark.parametrize(
    ("number", "expiry", "cvc", "sentence"),
    [
        ("4242 4242 4242 4241", "04/28", "123", "typing error"),
        ("4242", "04/28", "123", "12 to 19 digits"),
        ("４２４２４２４２４２４２４２４２", "04/28", "123", "12 to 19 digits"),
        ("4111 1111 1111 1111", "04/28", "123", "test cards only"),
        ("4242 4242 4242 4242", "10/26", "123", "has expired"),
        ("4242 4242 4242 4242", "13/28", "123", "month and year"),
        ("4242 4242 4242 4242", "soon", "123", "month and year"),
        ("4242 4242 4242 4242", "04/28", "12", "3 or 4 digits"),
    ],
)
def test_a_wrong_entry_says_what_is_wrong(
    number: str, expiry: str, cvc: str, sentence: str
) -> None:
    with (
        clock.travel(date(2026, 11, 25)),
        pytest.raises(InvalidInput, match=sentence),
    ):
        cards.save(70, number, expiry, cvc)


def test_the_month_on_the_card_is_its_last() -> None:
    with clock.travel(date(2026, 11, 30)):
        assert cards.save(71, "4242424242424242", "11/26", "1234").expires == "2026-11"


def test_every_test_card_has_a_right_check_digit() -> None:
    assert [card.number for card in SANDBOX_CARDS if not luhn(card.number)] == []


def test_a_card_is_not_saved_inside_an_action() -> None:
    with pytest.raises(RuntimeError, match="network must wait"):
        use_case(lambda: cards.save(70, "4242424242424242", "04/28", "123"))()


def test_nobody_pays_with_or_removes_a_strangers_card(stall: Stall) -> None:
    token = make_card(72)
    with pytest.raises(NoSuchCard):
        services.intend_charge(
            purpose="stall:O-1", payer_id=73, amount=yuan("1.00"), source=token, description="x"
        )
    card = cards.of(72)[0]
    with pytest.raises(NotFound):
        cards.remove(73, card.id)
    cards.remove(72, card.id)
    assert cards.of(72) == []
    with pytest.raises(NoSuchCard):
        services.intend_charge(
            purpose="stall:O-1", payer_id=72, amount=yuan("1.00"), source=token, description="x"
        )


def test_a_purpose_belongs_to_one_payer_and_one_amount(stall: Stall) -> None:
    order = ids.code("O")
    intend(order, yuan("10.00"))
    with pytest.raises(services.PurposeTaken):
        intend(order, yuan("11.00"))
    with pytest.raises(services.PurposeTaken):
        intend(order, yuan("10.00"), payer_id=99)


def test_after_a_refusal_the_amount_may_be_another(stall: Stall) -> None:
    order = ids.code("O")
    pay(order, yuan("10.00"), DECLINED)
    assert pay(order, yuan("8.00")).captured == yuan("8.00")
    assert balance("escrow", order) == "8.00"


def test_the_page_lists_every_test_card(client: Any) -> None:
    page = client.get("/sandbox/cards")
    assert page.status_code == 200
    assert [card.grouped for card in SANDBOX_CARDS if card.grouped not in page.text] == []


def test_a_strange_authentication_is_not_found(client: Any, stall: Stall) -> None:
    assert client.get("/sandbox/authenticate/nothing").status_code == 404
    assert client.post("/sandbox/authenticate/nothing/approve").status_code == 404


def test_the_terminal_resolves_and_shows(app: Flask, stall: Stall) -> None:
    order, run = ids.code("O"), app.test_cli_runner()
    payment = pay(order, yuan("100.00"), KEPT_500)
    assert payment.state == "unknown"
    with a_while_later():
        said = run.invoke(args=["payments", "resolve"])
    assert "1 operations looked at" in said.output
    assert "succeeded" in said.output
    shown = run.invoke(args=["payments", "show", f"stall:{order}"]).output
    assert "captured 100.00 CNY, refunded 0.00 CNY, at sandbox" in shown
    assert run.invoke(args=["payments", "show", str(payment.id)]).output == shown
    assert "There is no payment" in run.invoke(args=["payments", "show", "1"]).output


def test_only_an_unknown_operation_is_given_up_by_hand(app: Flask, stall: Stall) -> None:
    payment, run = pay(ids.code("O"), yuan("100.00"), KEPT_500), app.test_cli_runner()
    said = run.invoke(args=["payments", "give-up", str(payment.op_id), "--why", "Not there."])
    assert f"{payment.op_id} is refused." in said.output
    assert (services.view(payment.id).message, stall.heard) == ("Not there.", ["refused given_up"])
    again = run.invoke(args=["payments", "give-up", str(payment.op_id), "--why", "x"])
    assert "only an unknown one" in again.output
    assert payment.op_id not in sweeps.due_ops()
