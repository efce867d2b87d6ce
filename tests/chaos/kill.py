"""kill -9 at each of the nine points of each flow, then what remains: sweep, worker, second click."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from core import clock
from tests.chaos import processes
from tests.chaos.checks import complaints, sweep, work
from tests.chaos.flows import Flow, Made, Told
from tests.chaos.later_flows import ALL, LATER_FLOWS, prepared
from tests.chaos.malls import City, Mall
from tests.chaos.processes import Ended, ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.warm import warm

SOON, LATER = timedelta(minutes=2), timedelta(hours=2)


@dataclass(frozen=True)
class Case:
    mall: Mall
    flow: Flow
    point: int  # 1 to 9, where most flows have nine
    way: str  # how it recovers

    @property
    def name(self) -> str:
        return self.flow.points()[self.point - 1]


def run(city: City, wanted: Wanted, report: Report) -> None:
    for mall in (warm(city, "sandbox"), warm(city, "stripe")):
        for flow in [f for f in wanted.flows(ALL) if mall.name in f.gateways]:
            for case in wanted.while_time(_cases(mall, flow, wanted)):
                report.count(f"kill -9 {_point(case)}", f"{mall.name} {flow.name}")
                again = (
                    f"--only kill --flow {flow.name!r} --point {case.point} --seed {wanted.seed}"
                )
                report.lose(again, _try(case))


def _point(case: Case) -> str:
    return case.flow.POINTS[case.point - 1].format(first="commit 1", sent="sent")


def _cases(mall: Mall, flow: Flow, wanted: Wanted) -> Iterator[Case]:
    dice = Random(f"{wanted.seed} {mall.name} {flow.name}")
    for point in _points(mall, flow, wanted):
        yield Case(mall, flow, point, dice.choice(["sweep", "worker", "second click"]))


def _points(mall: Mall, flow: Flow, wanted: Wanted) -> list[int]:
    known = range(1, len(flow.points()) + 1)
    if wanted.point:
        return [point for point in known if point == wanted.point]
    if flow.name in LATER_FLOWS and len(flow.gateways) > 1:
        chosen = wanted.some(known, 1, flow.name)
        return [point for point in chosen if _its_turn(mall, flow, point, wanted)]
    return wanted.some(known, 1, f"{mall.name} {flow.name}")


def _its_turn(mall: Mall, flow: Flow, point: int, wanted: Wanted) -> bool:
    """Each point of a later flow is tried once, at the one gateway or at the other."""
    turn = Random(f"{wanted.seed} {flow.name}").randrange(2)
    return (point + turn) % 2 == flow.gateways.index(mall.name)


def _try(case: Case) -> list[str]:
    """Kill, recover, act again; gives what was lost."""
    app, flow = case.mall.app, case.flow
    made = prepared(case.mall, flow, case.point)
    ended = _killed(case, partial(flow.act, made))
    if not ended.was_killed:
        return [f"{case.name} was never passed: {ended.error or ended.said}"]
    now = clock.now()
    if case.way != "second click":
        recover = sweep if case.way == "sweep" else partial(work, case.mall)
        ask(app, recover, at=now + SOON)
        found = ask(app, partial(_half_way, case, made), at=now + SOON)
        if found:
            return [f"{case.name}, {case.way}: {words}" for words in found]
    ask(app, partial(flow.act, made), at=now + 2 * SOON)
    shopper_pays(case.mall, flow, made)
    told = ask(app, partial(_finish, flow, made), at=now + LATER)
    found = ask(app, partial(_wrong, case, made, told), at=now + LATER)
    return [f"{case.name}, {case.way}: {words}" for words in found]


def _killed(case: Case, act: Callable[[], Told]) -> Ended:
    """At its crash point; for a gateway elsewhere, while the answer is on its way."""
    gateway = case.mall.gateway
    if gateway is None or case.name != "sent":
        return processes.run(case.mall.app, act, point=case.name)
    before = gateway.do("made")
    gateway.do("faults", ["slow"])
    running = processes.start(case.mall.app, act)
    gateway.wait_until(lambda: gateway.do("made") > before)
    running.kill()
    return running.wait()


def _half_way(case: Case, made: Made) -> list[str]:
    """After recovery alone: what was written down is done, what was not never happened."""
    ops = case.flow.ops(made)
    expected = made.get("ops", 0 if case.point == 1 else 1)
    if case.flow.name == "installment":
        expected = len(ops)  # the worker's night may have come meanwhile
    found = complaints(case.mall)
    if len(ops) != expected:
        found.append(f"{len(ops)} operations after recovery, not {expected}")
    return found


def shopper_pays(mall: Mall, flow: Flow, made: Made) -> None:
    """On the gateway's page, where the flow leads to one."""
    if mall.gateway and flow.name == "card page":
        for page in ask(mall.app, partial(_object_ids, flow, made)):
            mall.gateway.do("pay_page", page)


def _object_ids(flow: Flow, made: Made) -> list[str | None]:
    return [op.object_id for op in flow.ops(made)]


def _finish(flow: Flow, made: Made) -> Told:
    sweep()
    return flow.act(made)


def _wrong(case: Case, made: Made, told: Told) -> list[str]:
    """In the end: one operation, one object, told as done, and a clean book."""
    ops = case.flow.ops(made)
    found = complaints(case.mall)
    if [op.state in case.flow.ends for op in ops] != [True]:
        found.append(f"{case.flow.name} ended as {[op.state for op in ops]}")
    if not told.done:
        found.append(f"whoever acted was told {told}")
    return found
