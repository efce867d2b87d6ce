"""Whatever happens to a loan, its lenders' parts sum to it, to the cent."""

from random import Random

import pytest

from core import clock
from core.db import db as database
from core.use_case import use_case
from finance.funding.models import Funder, Participation
from finance.funding.services import NewLoan, follow, fund
from finance.funding.sharing import AMOUNTS, Standing
from finance.funding.transferring import transfer_all
from tests.factories.funding import make_bank, make_waterfall
from tests.finance.money import yuan


def life(dice, principal):
    """Standings of a loan: paid, given back, taken back, lost, recovered."""
    owed, interest, fees, lost, recovered = principal, 0, 0, 0, 0
    for _ in range(12):
        turn = dice.choice(("pay", "pay", "interest", "back", "lose"))
        if turn == "pay" and not lost:
            owed -= dice.randint(0, owed)
        elif turn == "interest":
            interest += dice.randint(-interest, 9_999)
            fees += dice.randint(-fees, 999)
        elif turn == "back" and not lost:
            owed += dice.randint(0, principal - owed)
        elif turn == "lose":
            lost, owed = lost + owed, 0
            recovered += dice.randint(-recovered, lost // 2)
        yield Standing(owed, interest, fees, lost, recovered)


@pytest.mark.parametrize("seed", range(8))
def test_parts_sum_to_the_loan_and_the_book_agrees(db, seed):
    from finance.funding import audit as invariants

    dice = Random(seed)
    a = make_bank("ALPHA", yuan("100000.00"), price_ppm=61_234)
    b = make_bank("BETA", yuan("100000.00"), price_ppm=70_001)
    make_waterfall("term_loan", (a, dice.randint(1, 66)), (b, dice.randint(1, 33)))
    principal = dice.randint(1_00, 50_000_00)
    money = yuan("0.01")
    new = NewLoan("A-1", "term_loan", "A", money * principal, 123_457, clock.today())
    use_case(fund)(new)
    for standing in life(dice, principal):
        follow("A-1", standing, on=clock.today(), cause="test")
        parts = database.session.scalars(database.select(Participation)).all()
        for name in AMOUNTS:
            found = sum(getattr(part.standing, name) for part in parts)
            assert found == getattr(standing, name), name
        if dice.random() < 0.3:
            use_case(transfer_all)()
    used = sum(bank.used for bank in database.session.scalars(database.select(Funder)))
    assert used == sum(part.open for part in parts if part.funder_id)
    for name, query in invariants.INVARIANTS.items():
        if query is not invariants.PARTS_ARE_THE_LOAN:  # there is no loan behind these parts
            assert list(database.session.execute(database.text(query))) == [], name
