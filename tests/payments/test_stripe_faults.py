"""Every fault on the way to Stripe, in every flow: one thing is made, under one key."""

from datetime import timedelta
from typing import Any

import pytest

from core import clock
from ledger import audit
from payments import purposes, services
from payments.gateway import Unavailable
from payments.rules import FINAL
from tests.factories.ledger import more_in
from tests.factories.payments import Heard, Stall, Till
from tests.factories.stripe import FLOWS, Flow
from tests.payments.stripe_standin import FAULTS, StripeStandIn

TWICE = ("drop_before", "drop_after", "slow")  # the client itself tries these again, once


@pytest.fixture(autouse=True)
def rooms_that_hear(
    stall: Stall, refunds: Heard, payouts: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    more_in(monkeypatch, "payout.pulled_back", "clearing > capital")
    monkeypatch.setattr(purposes, "_reversals", [Till()])


@pytest.fixture(autouse=True)
def nothing_is_asked_under_two_keys(bank: StripeStandIn, db: Any) -> Any:
    yield
    keys: dict[str, set[str]] = {}
    for body, key in bank.bodies:
        keys.setdefault(body, set()).add(key)
    assert [body for body, used in keys.items() if len(used) > 1] == []
    ours = [f for f in audit.run() if f.name.startswith("payments:")]
    assert [f"{f.name} {f.detail}" for f in ours if not f.ok] == []


def bring_forward(flow: Flow) -> str:
    """Ask until it is where it goes, as the sweep would over the minutes."""
    state = ""
    for _ in range(4):
        state = services.drive(flow.op_id)
        if state in FINAL or state == flow.ends:
            break
    return state


@pytest.mark.parametrize("fault", [f for f in FAULTS if f != "500_kept"])
@pytest.mark.parametrize("name", FLOWS)
def test_one_thing_is_made(bank: StripeStandIn, name: str, fault: str) -> None:
    flow = FLOWS[name](bank)
    bank.fault_at(flow.where, *([fault] * (2 if fault in TWICE else 1)))
    assert services.drive(flow.op_id) == "unknown"
    assert bring_forward(flow) == flow.ends
    assert flow.done() == 1


@pytest.mark.parametrize("name", FLOWS)
def test_a_lost_answer_is_found_though_the_lookup_fails_at_first(
    bank: StripeStandIn, name: str
) -> None:
    flow = FLOWS[name](bank)
    bank.fault_at(flow.where, "500_sticky")
    services.drive(flow.op_id)
    real, bank.next_fault = bank.next_fault, lambda method, path: "500"  # type: ignore[method-assign]
    assert services.drive(flow.op_id) == "unknown"
    bank.next_fault = real  # type: ignore[method-assign]
    assert bring_forward(flow) == flow.ends
    assert flow.done() == 1


@pytest.mark.parametrize("name", FLOWS)
def test_an_error_kept_for_ever_is_never_sent_under_another_key(
    bank: StripeStandIn, name: str
) -> None:
    """Nothing was done, and the key cannot say so: it stays unknown until someone looks."""
    flow = FLOWS[name](bank)
    bank.fault_at(flow.where, "500_kept")
    assert bring_forward(flow) == "unknown"
    bank.ahead = timedelta(hours=25)  # the key is forgotten there
    sent = len(bank.asked)
    with clock.travel(clock.now() + timedelta(hours=25)):
        assert services.drive(flow.op_id) == "unknown"
        assert services.give_up(flow.op_id, "Looked at Stripe: nothing there") == "refused"
    assert (flow.done(), len(bank.asked)) == (0, sent)


def test_a_stand_in_that_forgets_a_key_would_do_it_twice(bank: StripeStandIn) -> None:
    """What the 23 hours are for: after a day the same key is a new request."""
    from payments import gateways
    from payments.drive import _lease

    flow = FLOWS["transfer"](bank)
    work = _lease(flow.op_id)
    assert not isinstance(work, str)
    stripe = gateways.current()
    stripe.pay_out(work.request)  # type: ignore[arg-type]
    stripe.pay_out(work.request)  # type: ignore[arg-type]
    assert flow.done() == 1
    bank.ahead = timedelta(hours=24, seconds=1)
    stripe.pay_out(work.request)  # type: ignore[arg-type]
    assert flow.done() == 2
    bank.bodies.clear()


def test_the_same_key_with_other_parameters_leaves_the_money_in_doubt(bank: StripeStandIn) -> None:
    from dataclasses import replace

    from payments import gateways
    from payments.drive import _lease

    work = _lease(FLOWS["transfer"](bank).op_id)
    assert not isinstance(work, str)
    stripe = gateways.current()
    stripe.pay_out(work.request)  # type: ignore[arg-type]
    other: Any = replace(work.request, destination="acct_2")
    with pytest.raises(Unavailable, match="Idempotency"):
        stripe.pay_out(other)
    services.drive(work.op_id)
