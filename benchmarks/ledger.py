"""How quickly the book takes transfers, against what the same database can commit at all.

python -m benchmarks ledger [--seconds 8] [--rounds 3] [--clients 8]

Everything runs on a throw-away PostgreSQL that waits for its disk (fsync on), through the real
path: a use case, `book.post`, every trigger. Ratios count, not rates: the raw rate is that of
clients that insert one row and commit, measured in turn with ours. On Linux the CPU that clients
and their database sessions use is counted as well: it says the same on a machine with other work.
"""

import argparse
import multiprocessing
import os
import statistics
import time
from datetime import date
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import place
from core import ids
from core.money import Money
from core.use_case import use_case
from ledger import book
from ledger.accounts import account
from ledger.entries import Journal, Transfer

SET, DAY = 1_000, date(2026, 3, 1)
Rates = dict[str, list[tuple[float, float]]]  # by what was measured: a second, CPU µs of one


def main(arguments: list[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser("python -m benchmarks ledger", description=__doc__)
    parser.add_argument("--seconds", type=int, default=8, help="of each measurement")
    parser.add_argument("--clients", type=int, default=8, help="at once, where there are many")
    parser.add_argument("--rounds", type=int, default=3, help="each is measured so many times")
    asked = parser.parse_args(arguments)
    with place.mall(durable=True) as cluster:
        with psycopg.connect(place.plain(cluster.url("mall"))) as owner:
            owner.execute("create table raw (id bigint primary key, client int, body text)")
            owner.execute("grant insert on raw to mall_app")
            # a kind without a cause: this measures the book, not the rooms' rows
            owner.execute(
                "insert into ledger_posting select distinct 'test.bench', debit, credit,"
                " debit_busy, credit_busy from ledger_posting where (debit, credit) = (1100, 2110)"
            )
        _print(_measure(asked.clients, asked.seconds, asked.rounds), asked.clients)


def _measure(many: int, seconds: int, rounds: int) -> Rates:
    """Rates a second by what was measured, in turn, so that a busy moment hits all alike."""
    rates: Rates = {}
    for _ in range(rounds):
        for name, clients, work in (
            ("raw commits", many, _raw),
            ("transfers, own accounts", many, _own_accounts),
            ("transfers, one hot account", many, _hot_account),
            ("raw commits", 1, _raw),
            ("transfers, own accounts", 1, _own_accounts),
            ("transfers in sets of 1,000", 1, _sets),
        ):
            rate = _together(work, clients, seconds)
            rates.setdefault(f"{name}, {clients} client{'s' * (clients > 1)}", []).append(rate)
    return rates


def _together(work: Any, clients: int, seconds: int) -> tuple[float, float]:
    """What `clients` processes get done in a second, together, and the CPU µs that one takes."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["wsgi"])
    ready, done = context.Barrier(clients), context.Queue()
    workers = [
        context.Process(target=_client, args=(work, number, ready, seconds, done))
        for number in range(clients)
    ]
    for each in workers:
        each.start()
    told = [done.get(timeout=seconds + 120) for _ in workers]
    for each in workers:
        each.join()
    count = sum(count for count, _, _ in told)
    cpu = sum(used for _, _, used in told) / count
    return sum(count / took for count, took, _ in told), cpu


def _client(work: Any, number: int, ready: Barrier, seconds: int, done: Any) -> None:
    os.environ["PGAPPNAME"] = f"bench-{os.getpid()}"
    step = work(number)
    step()  # opens the accounts and prepares the statements
    for _ in range(20 if work is not _sets else 1):
        step()
    sessions = _sessions(os.environ.pop("PGAPPNAME"))
    ready.wait()
    count, start, used = 0, time.perf_counter(), _cpu(sessions)
    while time.perf_counter() - start < seconds:
        count += step()
    done.put((count, time.perf_counter() - start, _cpu(sessions) - used))


def _sessions(name: str) -> list[Path]:
    """Where Linux counts the CPU of the database sessions that call themselves so."""
    with psycopg.connect(place.plain(os.environ["DATABASE_URL"])) as connection:
        found = connection.execute(
            "select pid from pg_stat_activity where application_name = %s", (name,)
        )
        files = [Path(f"/proc/{pid}/schedstat") for (pid,) in found]
    return [file for file in files if file.exists()]


def _cpu(sessions: list[Path]) -> float:
    """CPU µs that this process and these sessions have used so far."""
    ours = time.process_time_ns() + sum(int(file.read_text().split()[0]) for file in sessions)
    return ours / 1000


def _raw(number: int) -> Any:
    connection = psycopg.connect(place.plain(os.environ["DATABASE_URL"]))
    counter = iter(range(time.time_ns(), 2**62))

    def step() -> int:
        connection.execute(
            "insert into raw (id, client, body) values (%s, %s, %s)", (next(counter), number, "x")
        )
        connection.commit()
        return 1

    return step


def _own_accounts(number: int) -> Any:
    return _posting(f"S-{number}", str(number))


def _hot_account(number: int) -> Any:
    return _posting(f"S-{number}", "all")


def _posting(seller: str, gateway: str) -> Any:
    """One transfer a use case: from the gateway's clearing account to a seller's."""
    _serve()
    post = use_case(book.post)

    def step() -> int:
        post(_sale(ids.new_id(), gateway, seller))
        return 1

    return step


def _sets(number: int) -> Any:
    _serve()
    post_all = use_case(book.post_all)

    def step() -> int:
        post_all([_sale(ids.new_id(), str(n % 8), f"S-{n % 50}") for n in range(SET)])
        return SET

    return step


def _sale(id: int, gateway: str, seller: str) -> Any:
    move = Transfer(
        account("clearing", gateway), account("seller_payable", seller), Money(1, "CNY")
    )
    return Journal(f"bench:{id}", "test.bench", "bench", DAY, (move,))


def _serve() -> None:
    from wsgi import create_app

    create_app().app_context().push()


def _print(rates: Rates, many: int) -> None:
    rate = {name: statistics.median(r for r, _ in all) for name, all in rates.items()}
    cpu = {name: statistics.median(c for _, c in all) for name, all in rates.items()}
    for name, all in rates.items():
        spread = " ".join(f"{each:.0f}" for each, _ in all)
        print(f"{name:<40} {rate[name]:>9.0f} a second, {cpu[name]:>5.0f} µs CPU   ({spread})")
    raw, ours, hot, raw_of_one, one, sets = rates
    print(
        f"\n{many} clients against raw commits       {rate[ours] / rate[raw]:6.0%}   aim: at least 50 %"
    )
    print(
        f"sets of 1,000 against one client    {rate[sets] / rate[one]:5.1f} x  aim: at least 15 times"
    )
    print(f"one hot account against own ones    {rate[hot] / rate[ours]:6.0%}   aim: at least 90 %")
    print("CPU of a transfer, client and session, in raw commits:")
    print(f"  {many} clients                         {cpu[ours] / cpu[raw]:6.2f}   aim: at most 2")
    print(f"  one client                        {cpu[one] / cpu[raw_of_one]:6.2f}")
    print(f"  one of a set of 1,000             {cpu[sets] / cpu[raw_of_one]:6.2f}")
