"""What a gateway tells of a dispute is booked once, in whatever order it is told."""

from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from core.db import db as database
from core.money import Money
from ledger import audit
from ledger.accounts import Account
from ledger.entries import Transfer
from payments import disputes, disputes_purposes, services
from payments.disputes_model import Dispute
from payments.disputes_rules import merged
from payments.gateway import Disputed
from payments.models import Payment
from tests.factories.payments import balance, pay, promise, yuan

DUE = datetime(2030, 1, 1, tzinfo=UTC)
FEE, NOTHING = yuan("15.00"), yuan("0.00")


class Room:
    """A room that bears nothing and remembers what it heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def lock(self, purpose: str) -> None: ...

    def told(self, dispute: Any) -> None:
        self.heard.append(f"told {dispute.state}")

    def opened(self, dispute: Any) -> None:
        self.heard.append(f"opened {dispute.counted.grouped()}")

    def won(self, dispute: Any) -> None:
        self.heard.append("won")

    def lost(self, dispute: Any) -> Money:
        self.heard.append(f"lost {dispute.counted.grouped()}")
        return Money.zero("CNY")

    def recovered(self, dispute: Any, clearing: Account) -> tuple[Transfer, ...]:
        self.heard.append("recovered")
        return ()


@pytest.fixture
def room(db: Any, stall: Any) -> Room:
    room = Room()
    disputes_purposes.on_dispute("stall", room)
    return room


def facts(
    charge: str,
    state: str,
    amount: str = "100.00",
    *,
    taken: bool = True,
    back: str = "0.00",
    id: str = "du_1",
) -> Disputed:
    """What the gateway says of a dispute of 100.00 with a fee of 15.00."""
    withdrawn = yuan(amount) if taken else NOTHING
    fee = FEE if taken else NOTHING
    return Disputed(id, charge, yuan(amount), fee, "fraudulent", state, DUE, withdrawn, yuan(back))


def tell(*told: Disputed) -> None:
    for each in told:
        disputes.apply("sandbox", each)


def charge_of(order: str, amount: str = "100.00") -> Payment:
    payment = pay(order, yuan(amount))
    return database.session.get_one(Payment, payment.id)


def books() -> dict[str, str]:
    """What a dispute can move: our balance at the gateway (fees of charges apart) and losses."""
    row = database.session.scalars(select(Dispute).where(Dispute.dispute_id == "du_1")).one()
    names = ("dispute_fee", "dispute_loss", "recovery")
    return {
        "clearing": balance("clearing", "sandbox"),
        "disputed": balance("disputed_funds", row.number),
        **{name: balance(name) for name in names},
    }


def clean() -> list[str]:
    """What is broken, the stall's own journals apart: it is no room with declared postings."""
    declared = "every line is one that its posting declares"
    return [f"{f.name}: {f.detail}" for f in audit.run() if not f.ok and f.name != declared]


def test_a_lost_dispute_costs_what_nobody_bears(room: Room) -> None:
    payment = charge_of("O-1")
    tell(facts(payment.charge_id, "needs_response"))
    # 100.00 came in, less 0.60 for the charge; 100.00 and a fee of 15.00 were taken
    assert books() == {
        "clearing": "-15.60",
        "disputed": "100.00",
        "dispute_fee": "15.00",
        "dispute_loss": "0.00",
        "recovery": "0.00",
    }
    assert (payment.disputed_open_minor, payment.disputed_lost_minor) == (100_00, 0)
    tell(facts(payment.charge_id, "under_review"), facts(payment.charge_id, "lost"))
    assert books()["disputed"] == "0.00"
    assert books()["dispute_loss"] == "100.00"
    assert (payment.disputed_open_minor, payment.disputed_lost_minor) == (0, 100_00)
    assert room.heard == [
        "told needs_response",
        "opened 100.00",
        "told under_review",
        "told lost",
        "lost 100.00",
    ]
    assert clean() == []


def test_a_won_dispute_leaves_only_its_fee(room: Room) -> None:
    payment = charge_of("O-1")
    tell(
        facts(payment.charge_id, "needs_response"),
        facts(payment.charge_id, "won"),
        facts(payment.charge_id, "won", back="100.00"),
    )
    assert books() == {
        "clearing": "84.40",
        "disputed": "0.00",
        "dispute_fee": "15.00",
        "dispute_loss": "0.00",
        "recovery": "0.00",
    }
    assert (payment.disputed_open_minor, payment.disputed_lost_minor) == (0, 0)
    assert clean() == []


def test_an_inquiry_that_ends_moves_nothing(room: Room) -> None:
    payment = charge_of("O-1")
    tell(
        facts(payment.charge_id, "warning", taken=False),
        facts(payment.charge_id, "closed_warning", taken=False),
    )
    assert books()["clearing"] == "99.40"
    assert room.heard == ["told warning", "told closed_warning", "won"]
    assert clean() == []


def test_any_order_and_any_number_of_notices_end_the_same(room: Room) -> None:
    """Each history in all its orders, everything told twice: one end."""
    histories = {
        "won": [("warning", False, "0.00"), ("needs_response", True, "0.00"), ("won", True, "100.00")],
        "lost": [("needs_response", False, "0.00"), ("under_review", True, "0.00"), ("lost", True, "0.00")],
    }  # fmt: skip
    for end, history in histories.items():
        seen = set()
        for place, order in enumerate(permutations(history)):
            payment = charge_of(f"O-{end}-{place}")
            id = f"du_{end}_{place}"
            for state, taken, back in [*order, *order]:
                tell(facts(payment.charge_id, state, taken=taken, back=back, id=id))
            row = database.session.scalars(select(Dispute).where(Dispute.dispute_id == id)).one()
            seen.add(
                (
                    row.state,
                    row.withdrawn,
                    row.reinstated,
                    row.lost,
                    row.counted,
                    balance("disputed_funds", row.number),
                    payment.disputed_open_minor,
                    payment.disputed_lost_minor,
                    row.closed_at is not None,
                )
            )
        lost = 0 if end == "won" else 100_00
        expected = (end, 100_00, 100_00 - lost, lost, lost, "0.00", 0, lost, True)
        assert seen == {expected}
    assert clean() == []


def test_lost_before_its_money_was_taken_waits_for_it(room: Room) -> None:
    payment = charge_of("O-1")
    tell(facts(payment.charge_id, "lost", taken=False))
    assert room.heard == ["told lost"]
    tell(facts(payment.charge_id, "lost"))
    assert room.heard[1:] == ["opened 100.00", "lost 100.00"]
    assert books()["dispute_loss"] == "100.00"


def test_won_after_it_was_lost_is_a_recovery(room: Room) -> None:
    payment = charge_of("O-1")
    tell(facts(payment.charge_id, "lost"))
    for _ in range(2):
        tell(facts(payment.charge_id, "won", back="100.00"))
    assert books() == {
        "clearing": "84.40",
        "disputed": "0.00",
        "dispute_fee": "15.00",
        "dispute_loss": "100.00",
        "recovery": "100.00",
    }
    assert room.heard.count("recovered") == 1
    assert clean() == []


def test_won_in_part_the_rest_is_our_loss(room: Room) -> None:
    payment = charge_of("O-1")
    tell(facts(payment.charge_id, "needs_response"), facts(payment.charge_id, "won", back="70.00"))
    assert books()["disputed"] == "0.00"
    assert books()["dispute_loss"] == "30.00"
    assert clean() == []


def test_what_was_refunded_before_is_not_counted_again(room: Room) -> None:
    """60 of 100 are refunded, then all 100 are disputed and lost: 60 are our loss, not the payment's."""
    payment = charge_of("O-1")
    services.drive(promise("O-1", "R-1", yuan("60.00"), payment.id))
    tell(facts(payment.charge_id, "needs_response"))
    assert (payment.refunded_minor, payment.disputed_open_minor) == (60_00, 40_00)
    tell(facts(payment.charge_id, "lost"))
    assert (payment.refunded_minor, payment.disputed_lost_minor) == (60_00, 40_00)
    assert room.heard[-1] == "lost 40.00"
    assert clean() == []


def test_nothing_is_refunded_of_what_is_disputed(room: Room) -> None:
    """Of 100, a dispute holds 70: 30 may be refunded, 31 not."""
    payment = charge_of("O-1")
    tell(facts(payment.charge_id, "needs_response", "70.00"))
    with pytest.raises(services.MoreThanCaptured):
        promise("O-1", "R-1", yuan("31.00"), payment.id)
    services.drive(promise("O-1", "R-2", yuan("30.00"), payment.id))
    assert payment.refunded_minor == 30_00
    tell(facts(payment.charge_id, "won", "70.00", back="70.00"))
    promise("O-1", "R-3", yuan("70.00"), payment.id, part=2)
    assert payment.refunded_minor == 100_00


def test_two_disputes_of_one_payment_count_together(room: Room) -> None:
    payment = charge_of("O-1")
    tell(
        facts(payment.charge_id, "needs_response", "70.00"),
        facts(payment.charge_id, "needs_response", "50.00", id="du_2"),
    )
    assert payment.disputed_open_minor == 100_00
    tell(facts(payment.charge_id, "lost", "70.00"), facts(payment.charge_id, "lost", "50.00", id="du_2"))  # fmt: skip
    assert payment.disputed_lost_minor == 100_00
    assert balance("dispute_loss") == "120.00"
    assert clean() == []


def test_a_charge_not_known_yet_waits(room: Room) -> None:
    assert disputes.apply("sandbox", facts("ch_nobody", "lost")) == "waiting"


def test_the_database_keeps_what_moved(room: Room) -> None:
    payment = charge_of("O-1")
    tell(facts(payment.charge_id, "lost"))
    for change in ("lost = 1", "withdrawn = withdrawn + 1", "fee = 0", "closed_at = now()"):
        with pytest.raises(DBAPIError, match="moved before"), database.session.begin_nested():
            database.session.execute(text(f"update dispute set {change}"))


def test_a_verdict_stands_but_for_a_late_win() -> None:
    assert merged("won", "lost") == "won"
    assert merged("lost", "won") == "won"
    assert merged("under_review", "needs_response") == "under_review"
    assert merged("closed_warning", "needs_response") == "closed_warning"
