"""Every benchmark runs through at its smallest: what runs by hand only would break unseen."""

import importlib
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

import benchmarks
from benchmarks import place
from benchmarks.__main__ import KNOWN
from core.postgres import Cluster

MODULES = [module.name for module in pkgutil.iter_modules(benchmarks.__path__)]
SMALLEST = {
    "ledger": ("--seconds", "1", "--rounds", "1", "--clients", "2"),
    "lending": ("--loans", "60", "--sample", "10", "--seconds", "1"),
    "risk": ("--largest", "1000", "--small", "4000", "--lines", "4000", "--engines", "postgres", "duckdb"),
    "rings": ("--shops", "24", "--attacked", "2"),
    "evidence": ("--online-retail", "FILE", "--months", "7"),
    "history": ("FILE",),
    "shops": ("--online-retail", "FILE", "--term", "60"),
    "outcomes": ("--only", "coded", "--rows", "200"),
}  # fmt: skip
SAID = {
    "ledger": "one of a set of 1,000",
    "lending": "sets against row by row, by CPU",
    "risk": "a seller's night on duckdb, 4,000 lines",
    "rings": "Profit at most 0 at every level of the mark",
    "evidence": "The shop's own advance",
    "history": "$ flask ledger audit",
    "shops": "| articles | week |",
    "outcomes": "| coded | 200 |",
}


@pytest.mark.parametrize("name", [name for name in MODULES if name != "__main__"])
def test_it_imports(name: str) -> None:
    assert importlib.import_module(f"benchmarks.{name}").__doc__


@pytest.fixture(scope="module")
def server() -> Iterator[Cluster]:
    """One server for all, with an empty mall called `ready`."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SECRET_KEY"):
            patch.setenv(name, "")  # so that ours come back at the end
        with place.mall(durable=True) as cluster:
            _run(cluster, "alter database mall rename to ready")
            yield cluster


def _run(cluster: Cluster, statement: str) -> None:
    with psycopg.connect(place.plain(cluster.url("postgres")), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@pytest.fixture
def place_at_hand(server: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Benchmarks begin with a copy of the empty mall instead of making one each."""

    @contextmanager
    def mall(*, durable: bool = False) -> Iterator[Cluster]:
        _run(server, "drop database if exists mall with (force)")
        _run(server, "create database mall template ready")
        os.environ |= server.environment("mall") | {"SECRET_KEY": "only here"}
        yield server

    monkeypatch.setattr(place, "mall", mall)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of a small shop as Online Retail tells it: 120 people, every ninth order given back."""
    head = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
    lines, number = [head], 0
    for day in range(396):
        for buyer in (day * step % 120 for step in (1, 7, 11, 13)):
            if day > 60 + 3 * buyer:
                continue  # everybody is lost one day
            number += 1
            when = datetime(2025, 1, 1, 9, tzinfo=UTC) + timedelta(day)
            rest = f"A{number % 5},Thing,{{}},{when:%Y-%m-%d %H:%M},{3 + number % 40}.50,{buyer},France"
            lines.append(f"{number},{rest.format(2)}")
            if number % 9 == 0:
                lines.append(f"C{number},{rest.format(-2)}")
    file = tmp_path_factory.mktemp("year") / "year.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # means of nothing, among so few
@pytest.mark.parametrize("name", sorted(KNOWN))
def test_it_runs_through(
    name: str, place_at_hand: None, year: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    KNOWN[name]([str(year) if word == "FILE" else word for word in SMALLEST[name]])
    assert SAID[name] in capfd.readouterr().out


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_shops_by_dice_run_through(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["--like", "marketplace", "fading", "--shops", "120", "--seeds", "1", "--more"]
    KNOWN["shops"]([*words, "--told", "quarter", "week"])
    said = capfd.readouterr().out
    for world, by in (("marketplace", "quarter"), ("fading", "week")):
        for rule in ("naive", "hurdle", "ours"):
            assert f"| {world} | {by} | {rule} |" in said
    assert "shops active" in said
