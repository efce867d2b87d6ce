"""A bank's files against the book, and changes that two must agree to."""

from datetime import date
from hashlib import sha256

import pytest

from core.db import db as database
from core.errors import InvalidInput
from finance.funding import changes, reports
from finance.funding.models import Participation
from finance.funding.reserving import steps_of
from tests.factories.funding import make_bank, make_waterfall
from tests.factories.loans import make_loan, pay_loan
from tests.factories.people import make_shopper
from tests.finance.money import yuan

BOUGHT, GOT_IT, FIRST = date(2026, 3, 10), date(2026, 3, 14), date(2026, 4, 14)
NAME = "Wang Xiulan"


@pytest.fixture
def alpha(db):
    return make_bank("ALPHA", yuan("10000.00"))


def lines_of(since=date(2026, 1, 1), until=date(2027, 12, 31)):
    return [line.split(",") for line in reports.cashflows("ALPHA", since, until)][1:]


def test_the_cash_file_is_the_book_to_the_cent_by_code_and_chained(app, alpha):
    make_waterfall("installments", (alpha, 70))
    loan = make_loan(make_shopper(NAME).id, yuan("3600.00"), on=BOUGHT, received_on=GOT_IT)
    pay_loan(loan, yuan("318.00"), FIRST)
    lines = lines_of()
    drawn, first = lines[0], lines[1]
    code = database.session.scalars(
        database.select(Participation.code).where(Participation.funder_id == alpha.id)
    ).one()
    assert drawn[:-1] == [code, "2026-03-10", "0", "0", "252000", "0", "0", "0", "0", "0"]
    assert first[:-1] == [code, "2026-04-14", "21000", "693", "0", "21000", "693", "0", "0", "0"]
    assert sum(int(line[2]) for line in lines) == 252_000 and len(lines) == 13
    payable, interest, due = reports.trial_balance("ALPHA")
    assert (payable.balance, interest.balance, due.balance) == (231_000, 693, 21_000)
    assert payable.balance == sum(int(line[4]) - int(line[5]) for line in lines)
    last = sha256(b"ALPHA CNY 2026-01-01 2027-12-31").hexdigest()
    for line in lines:
        last = sha256((last + ",".join(line[:-1])).encode()).hexdigest()
        assert line[-1] == last
    ran = app.test_cli_runner().invoke(args=["finance", "bank", "ALPHA", "--trial-balance"])
    assert ran.exit_code == 0 and "2310.00 CNY" in ran.output
    ran = app.test_cli_runner().invoke(args=["finance", "bank", "ALPHA", "--cashflows"])
    assert ran.exit_code == 0 and code in ran.output
    assert loan.number not in ran.output and NAME not in ran.output


def step(bank, share, **more):
    return {"bank": bank, "share_ppm": share, "most": 10**9, **more}


def test_a_waterfall_is_proposed_by_one_and_decided_by_another(alpha):
    data = {"currency": "CNY", "steps": [step("ALPHA", 700_000, grades="AB")]}
    change = changes.propose("waterfall", "installments", data, why="a new bank", by=1)
    with pytest.raises(changes.ProposedAlready):
        changes.propose("waterfall", "installments", data, why="again", by=2)
    with pytest.raises(changes.SamePerson):
        changes.decide(change.id, yes=True, by=1)
    assert steps_of("installments", "CNY") == []
    changes.decide(change.id, yes=True, by=2)
    (made,) = steps_of("installments", "CNY")
    assert (made.share_ppm, made.grades, made.price_ppm) == (700_000, "AB", 60_000)
    with pytest.raises(changes.DecidedBefore):
        changes.decide(change.id, yes=False, by=2)


def test_the_mall_keeps_thirty_percent_in_china(alpha):
    data = {"currency": "CNY", "steps": [step("ALPHA", 700_001)]}
    with pytest.raises(InvalidInput, match="at least 30 %"):
        changes.propose("waterfall", "installments", data, why="all of it", by=1)


def test_one_pauses_at_once_and_two_resume(alpha):
    changes.pause("ALPHA")
    assert alpha.paused
    change = changes.propose("resume", "ALPHA", {}, why="it may go on", by=1)
    changes.decide(change.id, yes=True, by=2)
    assert not alpha.paused


def test_a_commitment_is_never_less_than_what_is_lent(alpha):
    make_waterfall("installments", (alpha, 70))
    make_loan(make_shopper().id, yuan("3600.00"), on=BOUGHT)
    terms = {"price_ppm": 65_000, "committed": 251_999}
    with pytest.raises(InvalidInput, match=r"2,?520\.00"):
        changes.propose("terms", "ALPHA", terms, why="less of it", by=1)
    terms["committed"] = 252_000
    changes.decide(changes.propose("terms", "ALPHA", terms, why="less", by=1).id, yes=True, by=2)
    assert (alpha.committed, alpha.price_ppm) == (252_000, 65_000)
