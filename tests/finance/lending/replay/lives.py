"""Random loans and what happens to them, for the properties."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from finance.lending.replay import events as e
from finance.lending.replay.config import Terms
from finance.lending.replay.events import Event
from finance.lending.replay.numbers import Unit
from finance.lending.replay.orders import FUTURES, NAMED, Waterfall

START = date(2023, 11, 5)
ORDERS = list(NAMED["schedules"].values())


@st.composite
def terms(draw: st.DrawFn, futures: tuple[str, ...] = FUTURES) -> Terms:
    def waterfall() -> Waterfall:
        return Waterfall(draw(st.sampled_from(ORDERS)), draw(st.sampled_from(futures)))

    decimals = draw(st.sampled_from([2, 2, 0, 3]))
    return Terms(
        approved=Decimal(1000),
        count=draw(st.integers(1, 6)),
        rate=draw(st.sampled_from([Decimal(0), Decimal(7), Decimal("9.99"), Decimal(26)])),
        every=draw(st.sampled_from([1, 1, 2])),
        frequency=draw(st.sampled_from(["MONTHS", "MONTHS", "WEEKS", "DAYS"])),
        unit=Unit(decimals, draw(st.sampled_from(["HALF_EVEN", "HALF_UP"]))),
        flat=draw(st.sampled_from([False, False, False, True])),
        whole_periods=draw(st.booleans()),
        partial_periods=draw(st.booleans()),
        days_in_year=draw(st.sampled_from(["360", "364", "365", "ACTUAL"])),
        days_in_month=draw(st.sampled_from(["30", "ACTUAL"])),
        recalculates=draw(st.booleans()),
        by_installment=draw(st.sampled_from([True, True, False])),
        waterfalls={"DEFAULT": waterfall(), "MERCHANT_ISSUED_REFUND": waterfall()},
        down_percent=draw(st.sampled_from([Decimal(0), Decimal(0), Decimal(25)])),
        credit_order=draw(st.sampled_from([(), ("INTEREST", "PENALTY", "FEE", "PRINCIPAL")])),
    )


MONEY = st.sampled_from([Decimal(17), Decimal(50), Decimal(123), Decimal(340), Decimal(1000)])
KINDS = (
    *["REPAYMENT"] * 5,
    "MERCHANT_ISSUED_REFUND",
    "GOODWILL_CREDIT",
    e.CHARGE,
    e.CHARGEBACK,
    e.DISBURSEMENT,
    e.RATE,
    e.PAUSE,
    e.WAIVER,
)


@st.composite
def lives(draw: st.DrawFn, kinds: tuple[str, ...] = KINDS, late: bool = True) -> tuple[Event, ...]:
    """A first disbursement of 1,000 and up to six events; `late`: some are entered later."""
    made = [Event(e.DISBURSEMENT, START, START, 0, id=0, amount=Decimal(1000))]
    today = START
    for order in range(1, draw(st.integers(0, 6)) + 1):
        today += timedelta(draw(st.sampled_from([0, 1, 5, 17, 31, 60])))
        back = draw(st.sampled_from([0, 0, 0, 9])) if late else 0
        on = max(START, today - timedelta(back))
        made.append(_event(draw, draw(st.sampled_from(kinds)), on, today, order, made))
    return tuple(made)


def _event(
    draw: st.DrawFn, kind: str, on: date, entered: date, order: int, before: list[Event]
) -> Event:
    paid = [each.id for each in before if each.kind == "REPAYMENT"]
    if kind == e.CHARGEBACK and not paid:
        kind = "REPAYMENT"
    extra: dict[str, object] = {}
    if kind == e.CHARGE:
        due = entered + timedelta(draw(st.integers(0, 120)))
        extra = {"due": due, "penalty": draw(st.booleans()), "amount": Decimal(10)}
        on = entered
    elif kind == e.RATE:
        extra = {"rate": draw(st.sampled_from([Decimal(4), Decimal(12)]))}
    elif kind == e.PAUSE:
        extra = {"until": on + timedelta(draw(st.integers(0, 40)))}
    elif kind == e.CHARGEBACK:
        extra = {"of": draw(st.sampled_from(paid)), "amount": Decimal(17)}
    else:
        extra = {"amount": draw(MONEY)}
    if kind == e.WAIVER:
        extra["part"] = draw(st.sampled_from(["FEE", "PENALTY", "INTEREST"]))
    return Event(kind, on, entered, order, id=order, **extra)  # type: ignore[arg-type]
