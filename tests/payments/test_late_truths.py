"""What turns out late: an older try paid another amount, and notices nobody signed."""

from dataclasses import replace

from ledger import book
from ledger.accounts import account
from payments import services
from payments.applying import apply_answer
from payments.gateway import Answer
from tests.factories.orders import assert_clean
from tests.factories.payments import balance, intend, plugged, yuan


def test_an_older_try_counts_with_its_own_amount(db):
    with plugged():
        first = intend("1", yuan("100.00"))
        apply_answer(first.op_id, Answer("refused", code="given_up"))
        second = intend("1", yuan("60.00"))  # part of it was given back meanwhile
        apply_answer(first.op_id, Answer("succeeded", object_id="c1", charge_id="c1"))
        assert services.view(first.id).captured == yuan("100.00")
        assert balance("clearing", "sandbox") == balance("escrow", "1") == "100.00"
        apply_answer(second.op_id, Answer("succeeded", object_id="c2", charge_id="c2"))
        assert book.balance(account("wallet", 7), "CNY") == yuan("60.00")
        assert_clean()


def test_the_fee_of_a_second_charge_is_the_malls_and_booked_once(db):
    with plugged():
        first = intend("1", yuan("100.00"))
        apply_answer(first.op_id, Answer("refused", code="given_up"))
        second = intend("1", yuan("60.00"))
        told = Answer("succeeded", object_id="c1", charge_id="c1", fee=yuan("0.60"))
        apply_answer(first.op_id, told)
        late = Answer("succeeded", object_id="c2", charge_id="c2")
        apply_answer(second.op_id, late)  # its fee comes with a later notice, and comes again
        for fee in (yuan("0.36"), yuan("0.36"), yuan("0.40")):
            apply_answer(second.op_id, replace(late, fee=fee))
        assert balance("gateway_fee") == "0.96"
        assert balance("clearing", "sandbox") == "159.04"  # 160.00 − 0.60 − 0.36
        assert book.balance(account("wallet", 7), "CNY") == yuan("60.00")  # all of what she paid
        assert_clean()


def test_a_newer_try_is_not_sent_once_an_older_one_has_paid(db):
    with plugged():
        first = intend("1", yuan("100.00"))
        apply_answer(first.op_id, Answer("refused", code="given_up"))
        second = intend("1", yuan("100.00"))
        apply_answer(first.op_id, Answer("succeeded", object_id="c1", charge_id="c1"))
        assert services.drive(second.op_id) == "refused"
        assert services.view(first.id).state == "succeeded"
        assert not book.balance(account("wallet", 7), "CNY")
        assert balance("clearing", "sandbox") == "100.00"
        assert_clean()


def test_a_notice_signed_with_letters_no_signature_has_is_refused(client):
    headers = {"Sandbox-Signature": "\u00e9"}
    assert client.post("/webhooks/sandbox", data=b"{}", headers=headers).status_code == 400
