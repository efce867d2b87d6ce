"""A mall in which every flow was lived through once, so that the processes we fork are quick."""

from functools import partial

from ledger import audit
from tests.chaos import processes
from tests.chaos.checks import sweep
from tests.chaos.flows import Flow
from tests.chaos.later_flows import ALL
from tests.chaos.malls import City, Mall


def warm(city: City, name: str) -> Mall:
    """The city's one mall of this name for all kinds of faults; warmed up on the first call."""
    if name not in city.warm:
        mall = city.mall(name)
        flows = [f for f in ALL.values() if f.warms and name.split()[0] in f.gateways]
        processes.warm_up(mall.app, [*(partial(_once, flow) for flow in flows), audit.run])
        city.warm[name] = mall
    return city.warm[name]


def _once(flow: Flow) -> None:
    flow.act(flow.prepare(0))
    sweep()
