"""What must hold after any fault: the audit, one object per operation, nothing left open."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from core import clock
from core.db import db
from core.use_case import use_case
from ledger import audit, book
from ledger.accounts import account
from payments import sandbox_bank, sandbox_lines, sweeps
from payments.bank_models import BankOrder, BankOrderFile
from payments.models import GatewayOp
from payments.sandbox_tables import objects
from tests.chaos.flows import currency
from tests.chaos.gateway import Gateway
from tests.chaos.malls import Mall

OPEN = ("intended", "sending", "unknown")
OBJECTS = (
    "charge",
    "refund",
    "payout",
    "reversal",
    "platform",
)  # kinds that make an object of their own
Objects = Counter[tuple[int, str]]


def complaints(mall: Mall) -> list[str]:
    """Everything that is wrong with this mall now; to be asked in a process of its own."""
    found = [f"audit: {f.name}: {f.detail}" for f in audit.run() if not f.ok]
    still = select(GatewayOp).where(GatewayOp.state.in_(OPEN))
    found += [f"{op.kind} {op.ref} is still {op.state}" for op in db.session.scalars(still)]
    made = objects_at(mall)
    return found + _operations(made) + _money(mall) + _bank_orders()


def objects_at(mall: Mall) -> Objects:
    """How many objects the gateway has for each (operation, kind)."""
    return mall.gateway.objects() if mall.gateway else _sandbox_objects()


def _sandbox_objects() -> Objects:
    with sandbox_bank.engine().begin() as bank:
        rows = bank.execute(select(objects.c.op_id, objects.c.kind)).all()
    return Counter((row.op_id, row.kind) for row in rows)


def _operations(made: Objects) -> list[str]:
    """Exactly one object per operation that succeeded, and no object without its operation."""
    ops = {op.id: op for op in db.session.scalars(select(GatewayOp))}
    found = []
    for op in [op for op in ops.values() if op.kind in OBJECTS and op.gateway != "bank"]:
        page = op.kind == "charge" and not op.params.get("source")
        kind = "page" if page and (op.id, "page") in made else op.kind
        count = made[op.id, kind]
        if count > 1 or (count == 0 and op.state in ("succeeded", "processing")):
            found.append(f"{op.kind} {op.ref} ({op.state}) has {count} objects at the gateway")
    strangers = {op_id for op_id, _ in made if op_id not in ops}
    return found + [
        f"the gateway has objects of operation {op_id}, we do not" for op_id in strangers
    ]


def _bank_orders() -> list[str]:
    """Each operation of our bank has one order, each order is in one file, which adds them up."""
    of_bank = select(GatewayOp.id).where(GatewayOp.gateway == "bank", GatewayOp.kind != "charge")
    told = of_bank.where(GatewayOp.state.not_in((*OPEN, "refused")))
    wanted, known = set(db.session.scalars(told)), set(db.session.scalars(of_bank))
    orders = list(db.session.scalars(select(BankOrder)))
    found = [f"operation {op_id} has no order" for op_id in wanted - {o.op_id for o in orders}]
    found += [f"order {o.ref} is of nobody" for o in orders if o.op_id not in known]
    for file in db.session.scalars(select(BankOrderFile)):
        inside = [order for order in orders if order.file_id == file.id]
        if (len(inside), sum(o.amount for o in inside)) != (file.order_count, file.total):
            found.append(f"file {file.number} does not hold its orders")
        found += [
            f"file {file.number} does not name {order.ref} once"
            for order in inside
            if file.content.count(f"<EndToEndId>{order.end_to_end_id}<") != 1
        ]
    return found


def _money(mall: Mall) -> list[str]:
    """What the gateway holds for us is what the book says, to the cent."""
    there = _stripe_balance(mall.gateway) if mall.gateway else _sandbox_balance()
    name = "stripe" if mall.gateway else "sandbox"
    here = book.balance(account("clearing", name), currency()).minor
    return [] if here == there else [f"the gateway holds {there}, the book says {here}"]


def _sandbox_balance() -> int:
    """The bank's own list of what moved, since ever, and what is on its way to our account."""
    ever = datetime(1970, 1, 1, tzinfo=UTC), clock.now() + timedelta(days=3650)
    on_its_way = objects.c.kind == "platform", objects.c.status == "processing"
    with sandbox_bank.engine().begin() as bank:
        sent = bank.scalar(select(func.coalesce(func.sum(objects.c.amount), 0)).where(*on_its_way))
    return sum(line.net.minor for line in sandbox_lines.lines(*ever)) - int(sent or 0)


def _stripe_balance(gateway: Gateway) -> int:
    return sum(int(line["net"]) for line in gateway.do("things", "txn"))


def sweep() -> None:
    """What the worker does each minute, when the jobs themselves were lost."""
    sweeps.sweep()


def work(mall: Mall) -> None:
    """The real worker, with everything due that would be due by now."""
    from core import jobs

    let_time_pass()
    db.session.remove()
    jobs.run_worker(mall.url, wait=False)


@use_case
def let_time_pass() -> None:
    """For the jobs, whose time is the database's: what waits is due, who died is known to be dead."""
    connection = db.session.connection()
    connection.exec_driver_sql(
        "update procrastinate_jobs set scheduled_at = now() - interval '1 second'"
        " where status = 'todo' and scheduled_at > now()"
    )
    connection.exec_driver_sql(
        "update procrastinate_workers set last_heartbeat = now() - interval '1 hour'"
    )
    connection.exec_driver_sql("delete from procrastinate_periodic_defers")  # a new minute


def open_operations() -> int:
    return db.session.scalar(select(func.count()).where(GatewayOp.state.in_(OPEN))) or 0
