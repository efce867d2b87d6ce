"""A contract is kept as it was seen, in the transaction that lends; nothing changes it afterwards."""

import re
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from core import clock
from core.db import db as database
from finance.contracts import documents, queries
from finance.contracts.contract import hash_of
from finance.contracts.models import KeptContract
from finance.loans.models import Loan
from finance.risk import buyer
from mall.orders.models import Order
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, place_and_pay, put_in_cart
from tests.factories.owner import as_owner
from tests.factories.people import make_seller, make_shopper, sign_in
from tests.finance.pay_later.test_in_parts import START, make_regular_buyer

OFFER = "pay_later:12"


@pytest.fixture
def shopper(db: Any, client: Any) -> Any:
    """A regular shopper with a phone of 3,600.00 in the cart, signed in."""
    found = make_regular_buyer()
    put_in_cart(found, make_product(make_seller(), "3600.00"))
    sign_in(client, found)
    return found


def form_of(page: str) -> dict[str, str]:
    """Every hidden field and the address of the checkout page."""
    hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    fields = {
        match[1]: value[1] if (value := re.search(r'value="([^"]*)"', one)) else ""
        for one in hidden
        if (match := re.search(r'name="([^"]*)"', one))
    }
    return fields | {"address": "new", **ADDRESS}


def look(client: Any) -> dict[str, str]:
    page = client.get("/checkout")
    return form_of(page.text)


def pay(client: Any, fields: dict[str, str], **more: str) -> Any:
    return client.post(
        "/checkout", data=fields | {"offer": OFFER, "agree": "y", "action": "pay"} | more
    )


def contracts() -> Any:
    database.session.expire_all()
    return database.session.scalars(select(KeptContract)).all()


def test_what_the_page_showed_is_what_is_kept(client: Any, shopper: Any) -> None:
    with clock.travel(START):
        fields = look(client)
        assert pay(client, fields).status_code == 303
    (kept,) = contracts()
    loan = database.session.scalars(select(Loan)).one()
    assert kept.number == loan.number and kept.subject_id == shopper.id
    assert kept.hash == kept.seen_hash == fields[f"terms-{OFFER}"] == hash_of(kept.body)
    assert (kept.how, kept.language, kept.regime) == ("checkbox", "en", "CN")
    contract = kept.contract
    assert [(row.due_on, row.principal, row.fee) for row in contract.rows] == [
        (row.due_on, row.principal, row.fee) for row in loan.rows
    ]
    assert contract.rates.monthly == loan.apr_ppm
    assert kept.text_hash == documents.text_hash(contract, "keyfacts", "en")


def test_a_contract_that_changed_is_refused_and_the_new_one_shown(
    client: Any, shopper: Any, monkeypatch: Any
) -> None:
    from dataclasses import replace

    with clock.travel(START):
        fields = look(client)
        dearer = tuple(replace(each, monthly_fee_ppm=6_000) for each in buyer.shelf())
        monkeypatch.setattr(buyer, "shelf", lambda: dearer)
        answer = pay(client, fields)
        assert answer.status_code == 409
        assert "The contract has changed since you read it" in answer.text
        new = form_of(answer.text)
        assert new[f"terms-{OFFER}"] != fields[f"terms-{OFFER}"]
        assert "12 × 321.60 CNY" in answer.text
        assert not contracts() and not database.session.scalars(select(Loan)).all()
        assert {o.state for o in database.session.scalars(select(Order))} <= {"received"}
        assert pay(client, new).status_code == 303
    (kept,) = contracts()
    assert kept.hash == new[f"terms-{OFFER}"]


def test_a_form_without_the_hash_it_saw_is_refused(client: Any, shopper: Any) -> None:
    with clock.travel(START):
        fields = look(client)
        del fields[f"terms-{OFFER}"]
        assert pay(client, fields).status_code == 409
    assert not contracts()


def test_the_whole_contract_can_be_read_before_agreeing(client: Any, shopper: Any) -> None:
    with clock.travel(START):
        fields = look(client)
        page = pay(client, fields, action=f"papers:{OFFER}")
    assert page.status_code == 200
    assert fields[f"terms-{OFFER}"] in page.text  # the very contract of the form
    for words in ("Key facts", "Disclosure of the annualized rate", "Credit agreement", "10.90 %"):
        assert words in page.text
    assert not contracts()


def kept_one(shopper: Any) -> KeptContract:
    with clock.travel(START):
        place_and_pay(shopper, offer_key=OFFER)
    return queries.all_of("buyer", shopper.id)[0]


def test_every_disclosure_is_a_page_and_a_pdf(client: Any, shopper: Any) -> None:
    kept = kept_one(shopper)
    assert kept.how == "service" and kept.seen_hash == ""
    base = f"/account/credit/{kept.number}/contract"
    for box in ("keyfacts", "cn", "full"):
        english, chinese = (client.get(f"{base}?box={box}&lang={lang}") for lang in ("en", "zh"))
        assert "10.90 %" in english.text and "10.90%" in chinese.text
        assert kept.hash in english.text and kept.hash in chinese.text
        pdf = client.get(f"{base}.pdf?box={box}&lang=zh")
        assert pdf.mimetype == "application/pdf" and pdf.data.startswith(b"%PDF-")
        assert f"filename={kept.number}-{box}-zh.pdf" in pdf.headers["Content-Disposition"]
        assert client.get(f"{base}.pdf?box={box}&lang=zh").data == pdf.data
    assert client.get(f"{base}?box=br").status_code == 404
    assert client.get(f"{base}?lang=fr").status_code == 404
    sign_in(client, make_shopper())
    assert client.get(base).status_code == client.get(f"{base}.pdf").status_code == 404


@pytest.mark.parametrize(
    "statement",
    [
        "update contract set language = 'zh'",
        "delete from contract",
        "truncate contract",
        "update contract set body = replace(body, '31800', '31700')",
    ],
)
def test_nobody_changes_a_contract(shopper: Any, statement: str) -> None:
    kept_one(shopper)
    database.session.commit()
    for owner in (False, True):
        with pytest.raises(DBAPIError):
            if owner:
                with as_owner():
                    database.session.execute(text(statement))
            else:
                database.session.execute(text(statement))
        database.session.rollback()


def test_the_database_checks_the_hash_of_what_it_keeps(shopper: Any) -> None:
    kept = kept_one(shopper)
    database.session.commit()
    with pytest.raises(IntegrityError, match="hash_is_of_the_body"):
        database.session.execute(
            text(
                "insert into contract select 1, created_at, 'L-OTHER', subject, subject_id, product,"
                " regime, body || ' ', hash, language, text_hash, seen_hash, how, accepted_at"
                " from contract where number = :number"
            ),
            {"number": kept.number},
        )
    database.session.rollback()


def test_the_command_writes_any_disclosure(app: Any, shopper: Any, tmp_path: Any) -> None:
    kept = kept_one(shopper)
    database.session.commit()
    run = app.test_cli_runner().invoke
    said = run(args=["finance", "contract", kept.number, "--box", "us"])
    assert "Total of payments | 3,816.00 CNY" in said.output and kept.hash in said.output
    file = tmp_path / "contract.pdf"
    run(args=["finance", "contract", kept.number, "--lang", "zh", "--pdf", str(file)])
    assert file.read_bytes().startswith(b"%PDF-")
    unknown = run(args=["finance", "contract", "L-NONE"])
    assert unknown.exit_code == 1 and "there is no contract L-NONE" in unknown.output
