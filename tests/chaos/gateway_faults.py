"""What goes wrong at the gateway, in every flow: one object, one key, and the money where it belongs."""

from datetime import timedelta
from functools import partial
from random import Random

from core import clock
from tests.chaos import flows as known
from tests.chaos import processes
from tests.chaos.checks import complaints, sweep, work
from tests.chaos.flows import FLOWS, Flow, Made
from tests.chaos.kill import shopper_pays
from tests.chaos.later_flows import ALL, LATER_FLOWS, prepared
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.warm import warm

TWICE = ("drop_before", "drop_after", "slow")  # the client itself tries these again, once
FAULTS = (*TWICE, "500_before", "500_after", "500_sticky", "429", "409")
# sandbox cards that misbehave: what it is, and how the checkout ends
CARDS = {
    "4000000000001000": ("answer lost", "succeeded"),
    "4000000000001018": ("500 for ever, money taken", "succeeded"),
    "4000000000001026": ("paid a minute later", "succeeded"),
    "4000000000001034": ("notice five times", "succeeded"),
    "4000000000001042": ("declined a minute later", "refused"),
}
LATER = (timedelta(minutes=2), timedelta(minutes=20), timedelta(hours=3))


def run(city: City, wanted: Wanted, report: Report) -> None:
    stripe, sandbox = warm(city, "stripe"), warm(city, "sandbox")
    stripe.app.config["GATEWAY_TIMEOUT_SECONDS"] = 1
    known_there = [flow for flow in wanted.flows(ALL) if "stripe" in flow.gateways]
    for flow in known_there:
        faults = FAULTS
        if flow.name in LATER_FLOWS and not wanted.flow:  # a choice, another with each seed
            faults = tuple(Random(f"{wanted.seed} {flow.name}").sample(FAULTS, 3))
        for fault in wanted.while_time(wanted.some(faults, 1, flow.name)):
            _count(report, wanted, fault, stripe, flow, _try(stripe, flow, fault))
    for flow in wanted.some(known_there, 1, "lease"):
        _count(report, wanted, "answer after the lease", stripe, flow, _overtaken(stripe, flow))
    checkout = FLOWS["checkout"]
    if checkout in wanted.flows(FLOWS):
        for number in wanted.some(CARDS, 1, "cards"):
            wrong = _card(sandbox, checkout, number)
            _count(report, wanted, CARDS[number][0], sandbox, checkout, wrong)


def _count(
    report: Report, wanted: Wanted, fault: str, mall: Mall, flow: Flow, wrong: list[str]
) -> None:
    report.count(f"gateway: {fault}", f"{mall.name} {flow.name}")
    again = f"--only gateway --flow {flow.name!r} --seed {wanted.seed}"
    report.lose(again, [f"{mall.name} {flow.name}, {fault}: {words}" for words in wrong])


def _try(mall: Mall, flow: Flow, fault: str) -> list[str]:
    """The fault meets the first asking; the sweep and the worker find out what became of it."""
    assert mall.gateway
    made = prepared(mall, flow, 0)
    mall.gateway.do("faults", [fault] * (2 if fault in TWICE else 1))
    now = clock.now()
    ask(mall.app, partial(flow.act, made))
    left = mall.gateway.do("faults_left")
    found = [f"the fault never came: {left}"] if left else []
    ask(mall.app, sweep, at=now + LATER[0])
    shopper_pays(mall, flow, made)
    ask(mall.app, partial(work, mall), at=now + LATER[1])
    return found + ask(mall.app, partial(_wrong, mall, flow, made), at=now + LATER[2])


def _overtaken(mall: Mall, flow: Flow) -> list[str]:
    """The answer is slow; meanwhile the lease runs out, and another worker brings the truth."""
    assert mall.gateway
    mall.app.config["GATEWAY_TIMEOUT_SECONDS"] = 20
    try:
        made = prepared(mall, flow, 0)
        mall.gateway.do("set", "slow_seconds", 1.5)
        mall.gateway.do("faults", ["slow"])
        before, now = mall.gateway.do("made"), clock.now()
        slow = processes.start(mall.app, partial(flow.act, made))
        mall.gateway.wait_until(lambda: mall.gateway.do("made") > before)
        ask(mall.app, sweep, at=now + LATER[0])
        ended = slow.wait()
    finally:
        mall.app.config["GATEWAY_TIMEOUT_SECONDS"] = 1
    shopper_pays(mall, flow, made)
    found = [] if ended.status == 0 else [ended.error]
    return found + ask(mall.app, partial(_wrong, mall, flow, made), at=now + LATER[2])


def _card(mall: Mall, flow: Flow, number: str) -> list[str]:
    """A sandbox card that misbehaves, then the worker a while later."""
    now = clock.now()
    made = ask(mall.app, partial(_with_card, flow, number))
    ask(mall.app, partial(flow.act, made))
    for later in LATER[:2]:
        ask(mall.app, partial(work, mall), at=now + later)
    wanted = CARDS[number][1]
    return ask(mall.app, partial(_wrong, mall, flow, made, wanted), at=now + LATER[2])


def _with_card(flow: Flow, number: str) -> Made:
    known.card_number = number
    return flow.prepare(0)


def _wrong(mall: Mall, flow: Flow, made: Made, state: str = "") -> list[str]:
    """In the end: one operation in the right state, the same after another click, all clean."""
    sweep()
    ends = (state,) if state else flow.ends
    before = [op.state for op in flow.ops(made)]
    told = flow.act(made)
    after = [op.state for op in flow.ops(made)]
    found = complaints(mall) + _two_keys(mall)
    if [each in ends for each in (*before, *after)] != [True, True]:
        found.append(f"ended as {before}, after another click as {after}")
    if told.done != (state in ("", "succeeded")):
        found.append(f"whoever acted was told {told}")
    return found


def _two_keys(mall: Mall) -> list[str]:
    """The same request under two keys would be two payments: never, whatever happens."""
    if mall.gateway is None:
        return []
    keys: dict[str, set[str]] = {}
    for body, key in mall.gateway.do("bodies"):
        keys.setdefault(body, set()).add(key)
    return [f"sent under {used}: {body}" for body, used in keys.items() if len(used) > 1]
