"""Short lives of one loan, with numbers that can be checked by hand."""

from datetime import date
from decimal import Decimal

import pytest

from finance.lending.replay import entries as book
from finance.lending.replay.answer import answer
from finance.lending.replay.config import Terms
from finance.lending.replay.events import Event
from finance.lending.replay.fields import FieldError
from finance.lending.replay.orders import DEFAULT_ORDER, Waterfall
from finance.lending.replay.state import State, difference, replay

D = Decimal
JAN, FEB, MAR, APR, MAY = (date(2024, month, 1) for month in range(1, 6))


def loan(future: str = "NEXT_INSTALLMENT", rate: str = "12", **more: object) -> Terms:
    """1,000 in four months at 1 % a month (30/360): 256.28 each."""
    return Terms(
        approved=D(1000),
        count=4,
        rate=D(rate),
        days_in_year="360",
        days_in_month="30",
        waterfalls={"DEFAULT": Waterfall(DEFAULT_ORDER, future)},
        **more,  # type: ignore[arg-type]
    )


LENT = Event("DISBURSEMENT", JAN, JAN, 0, id=0, amount=D(1000))


def paid(nr: int, on: date, amount: str, entered: date | None = None, **more: object) -> Event:
    return Event("REPAYMENT", on, entered or on, nr, id=nr, amount=D(amount), **more)  # type: ignore[arg-type]


def dues(state: State) -> list[Decimal]:
    return [row.due.total for row in state.rows]


def test_the_plan_of_a_loan() -> None:
    state = replay(loan(), [LENT], JAN)
    assert dues(state) == [D("256.28"), D("256.28"), D("256.28"), D("256.29")]
    assert [row.due.interest for row in state.rows] == [D("10"), D("7.54"), D("5.05"), D("2.54")]
    assert (state.status, state.outstanding.principal, state.due.total) == ("ACTIVE", 1000, 0)


def test_money_early_makes_the_loan_shorter_or_the_payments_smaller() -> None:
    early = [LENT, paid(1, FEB, "256.28"), paid(2, FEB, "300")]
    shorter = replay(loan(recalculates=True), early, FEB)
    # March's installment is paid, 43.72 of April's; 453.72 earns 4.54 twice and 2.50 once:
    # 453.72 + 11.58 = 212.56 + 252.74
    assert [row.outstanding.total for row in shorter.rows] == [0, 0, D("212.56"), D("252.74")]
    # 100 each; 4.54, 3.02 and 1.49 interest: 453.72 + 9.05 = 156.28 + 156.28 + 150.21
    smaller = replay(loan("REAMORTIZATION", recalculates=True), early, FEB)
    assert [row.outstanding.total for row in smaller.rows][1:] == [
        D("156.28"),
        D("156.28"),
        D("150.21"),
    ]


def test_late_money_earns_until_it_comes_and_rows_stay_without_recalculation() -> None:
    life = [LENT, paid(1, date(2024, 2, 16), "256.28")]
    stays = replay(loan(), life, date(2024, 2, 16))
    assert dues(stays)[1] == D("256.28")
    grows = replay(loan(recalculates=True), life, date(2024, 2, 16))
    # 246.28 overdue for 15 of 29 days: 1.27 more interest in March's row, and less principal
    assert grows.rows[1].due.interest == D("7.54") + D("1.27")
    # it comes off the end: 1.27, a cent of interest on it in April and one in May
    assert dues(grows) == [D("256.28"), D("256.28"), D("256.28"), D("257.58")]


def test_a_payment_entered_late_is_one_correcting_entry() -> None:
    known = [LENT, paid(2, MAR, "300")]
    before = replay(loan(), known, MAR)
    after = replay(loan(), [*known, paid(1, FEB, "256.28", entered=MAR)], MAR)
    correction = difference(before, after)
    assert correction.parts.total == D("-256.28")
    # 300 had paid 17.54 interest and 282.46 principal; now both pay 22.59 and 533.69
    assert (correction.parts.principal, correction.parts.interest) == (D("-251.23"), D("-5.05"))
    assert correction.entry is not None
    posted = book.balances([*before.entries, correction.entry])
    assert posted["clearing"] == D("-443.72")
    assert posted["loans_receivable"] == after.outstanding.principal


def test_a_payment_made_twice_is_a_credit_balance_that_is_paid_out() -> None:
    life = [LENT, paid(1, MAY, "1025.13"), paid(2, MAY, "1025.13")]
    twice = replay(loan(), life, MAY)
    assert (twice.status, twice.overpaid) == ("OVERPAID", D("1025.13"))
    out = Event("CREDIT_BALANCE_REFUND", MAY, MAY, 3, id=3, amount=D("1025.13"))
    done = replay(loan(), [*life, out], MAY)
    assert (done.status, done.overpaid) == ("CLOSED_OBLIGATIONS_MET", 0)
    assert book.balances(done.entries)["clearing"] == D("25.13")


def test_a_payment_taken_back_never_happened() -> None:
    life = [LENT, paid(1, FEB, "256.28"), paid(2, MAR, "256.28")]
    undo = Event("REVERSE", APR, APR, 3, of=1)
    assert replay(loan(), [*life, undo], APR) == replay(loan(), [LENT, life[2]], APR)


def test_a_payoff_pays_interest_to_its_day_only() -> None:
    half = date(2024, 1, 16)
    terms = loan(recalculates=True)
    state = replay(terms, [LENT], half)
    # 15 of 31 days of 10.00
    assert (state.payoff, state.accrued) == (D("1004.84"), D("4.84"))
    end = Event("REPAYMENT", half, half, 1, id=1, payoff=True)
    done = replay(terms, [LENT, end], half)
    assert (done.status, done.paid.interest) == ("CLOSED_OBLIGATIONS_MET", D("4.84"))


def test_a_fee_is_waived_and_a_loan_is_written_off_and_something_still_comes() -> None:
    fee = Event("CHARGE", FEB, FEB, 1, id=1, amount=D(20), due=FEB)
    waiver = Event("WAIVER", FEB, FEB, 2, id=2, amount=D(50), part="FEE")
    waived = replay(loan(recalculates=True), [LENT, fee, waiver], FEB)
    assert (waived.allocations[1].amount, waived.outstanding.fee, waived.overpaid) == (20, 0, 0)
    assert book.balances(waived.entries)["fee_income"] == 0
    off = Event("WRITE_OFF", MAR, MAR, 3, id=3)
    back = Event("RECOVERY", MAY, MAY, 4, id=4, amount=D(100))
    done = replay(loan(recalculates=True), [LENT, fee, waiver, off, back], MAY)
    assert (done.status, done.outstanding.total) == ("CLOSED_WRITTEN_OFF", 0)
    # 1,000 and two months of 10.00, which never were income
    assert done.allocations[2].amount == D(1020)
    stands = {k: v for k, v in book.balances(done.entries).items() if v}
    assert stands == {"clearing": -900, "credit_loss_expense": 1000, "recovery_income": -100}


def test_yen_and_dinars_have_their_own_pennies() -> None:
    config = {"principal_approved": "100000", "number_of_repayments": 3, "annual_rate_percent": 12}
    config |= {"days_in_year": "360", "days_in_month": "30"}
    day = {"date": "2024-01-01", "business_date": "2024-01-01"}
    for currency, first in (("JPY", D(34002)), ("KWD", D("34002.211"))):
        lent = {"type": "DISBURSEMENT", "amount": 100000, **day}
        ask = {"checkpoint": "schedule", "business_date": "2024-01-01"}
        got = answer({"config": config | {"currency": currency}, "timeline": [lent, ask]})
        assert got["timeline"][1]["rows"][1]["due"] == first  # type: ignore[index]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"type": "REPAYMENT"}, "amount"),
        ({"type": "REPAYMENT", "amount": "-5"}, "amount"),
        ({"type": "PAUSE", "end": "2023-12-01"}, "end"),
        ({"type": "CHARGEBACK", "amount": 5, "of_seq": 7}, "of_seq"),
        ({"type": "CHARGEBACK", "amount": 5, "of_seq": 1}, "of_seq"),
        ({"type": "REVERSE", "of": 9}, "of"),
        ({"type": "RESCHEDULE", "from": "2024-02-02", "to": "2024-02-09"}, "from"),
        ({"type": "RESCHEDULE", "from": "2024-02-01", "to": "2023-02-09"}, "to"),
        ({"type": "REAGE", "start": "2024-01-01", "n": 3}, "start"),
        ({"type": "GIFT"}, "type"),
        ({"type": "REPAYMENT", "amount": 5, "id": 1}, "id"),
        ({"type": "REPAYMENT", "amount": 5, "date": "12024-01-01"}, "date"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(item: dict, field: str) -> None:
    config = {"principal_approved": 100, "number_of_repayments": 2, "annual_rate_percent": 12}
    day = {"business_date": "2024-01-01"}
    timeline = [
        {"type": "DISBURSEMENT", "amount": 100, "id": 1, **day},
        day | item,
        {"checkpoint": "schedule", **day},
    ]
    with pytest.raises(FieldError) as refused:
        answer({"config": config, "timeline": timeline})
    assert refused.value.field == f"timeline[1].{field}"
