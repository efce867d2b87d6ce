"""kill -9 at each of the nine points of each flow, then what remains: sweep, worker, second click."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from random import Random

from core import clock
from tests.chaos import processes
from tests.chaos.checks import complaints, sweep, work
from tests.chaos.flows import FLOWS, Flow, Made, Told
from tests.chaos.malls import City, Mall
from tests.chaos.processes import Ended, ask
from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.warm import warm

# what the nine points are called; {first} is the use case that writes the operation down
POINTS = (
    "before:{first}",
    "after:{first}",
    "before:_lease",
    "after:_lease",
    "before:send",
    "sent",
    "after:send",
    "before:apply_answer",
    "after:apply_answer",
)
SENT = POINTS.index("sent") + 1
SOON, LATER = timedelta(minutes=2), timedelta(hours=2)


@dataclass(frozen=True)
class Case:
    mall: Mall
    flow: Flow
    point: int  # 1 to 9
    way: str  # how it recovers

    @property
    def name(self) -> str:
        return POINTS[self.point - 1].format(first=self.flow.first)


def run(city: City, wanted: Wanted, report: Report) -> None:
    for mall in (warm(city, "sandbox"), warm(city, "stripe")):
        for flow in [f for f in wanted.flows(FLOWS) if mall.name in f.gateways]:
            for case in _cases(mall, flow, wanted):
                report.count(f"kill -9 {_point(case)}", f"{mall.name} {flow.name}")
                again = (
                    f"--only kill --flow {flow.name!r} --point {case.point} --seed {wanted.seed}"
                )
                report.lose(again, _try(case))


def _point(case: Case) -> str:
    return POINTS[case.point - 1].format(first="commit 1")


def _cases(mall: Mall, flow: Flow, wanted: Wanted) -> Iterator[Case]:
    dice = Random(f"{wanted.seed} {mall.name} {flow.name}")
    name = f"{mall.name} {flow.name}"
    points = [wanted.point] if wanted.point else wanted.some(range(1, 10), 1, name)
    for point in points:
        yield Case(mall, flow, point, dice.choice(["sweep", "worker", "second click"]))


def _try(case: Case) -> list[str]:
    """Kill, recover, act again; gives what was lost."""
    app, flow = case.mall.app, case.flow
    made = ask(app, partial(flow.prepare, case.point))
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
    if gateway is None or case.point != SENT:
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
    expected = 0 if case.point == 1 else 1
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
    if [op.state for op in ops] != ["succeeded"]:
        found.append(f"{case.flow.name} ended as {[op.state for op in ops]}")
    if not told.done:
        found.append(f"whoever acted was told {told}")
    return found
