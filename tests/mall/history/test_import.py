"""Another shop's orders come in once, whole, with every refusal named."""

from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from mall import facts
from mall.history import services
from mall.history.models import HistoryImport, HistoryLine, HistoryOrder, HistoryParty
from mall.history.readers import Source

HEADER = "order,line,seller,buyer,product,quantity,unit_price,paid_at,delivered_at,stars\n"
GOOD = (
    "1001,1,lamps,anna-1,desk-lamp,2,120.00,2026-01-05T10:00,2026-01-08,5\n"
    "1001,2,lamps,anna-1,bulb,4,9.90,2026-01-05T10:00,2026-01-08,\n"
    "1002,1,lamps,,bulb,1,9.90,2026-01-06,2026-01-09,4\n"
    "1003,1,lamps,anna-1,bulb,-1,9.90,2026-01-20,,\n"
)
BAD = (
    "1004,1,lamps,b,bulb,0,9.90,2026-01-06,,\n"
    "1005,1,lamps,b,bulb,1,free,2026-01-06,,\n"
    "1006,1,lamps,b,bulb,1,9.90,yesterday,,\n"
    "1007,1,lamps,b,bulb,1,9.90,2026-01-06,,9\n"
    ",1,lamps,b,bulb,1,9.90,2026-01-06,,\n"
    "1008,1,lamps,b,chair,-1,9.90,2026-01-06,,\n"
)


@pytest.fixture
def run(app: Any, db: Any) -> Any:
    def call(*arguments: Any) -> Result:
        return app.test_cli_runner().invoke(args=["mall", "import-orders", *map(str, arguments)])

    return call


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + text)
    return path


def test_good_rows_come_in_and_bad_rows_are_named(run: Any, tmp_path: Path) -> None:
    result = run(_file(tmp_path, GOOD + BAD), "--report", tmp_path / "refused.csv")
    assert result.exit_code == 0, result.output
    assert "10 rows read, 4 accepted, 6 refused" in result.output
    assert "1 sellers and 2 buyers" in result.output
    refused = (tmp_path / "refused.csv").read_text().splitlines()
    assert refused[1] == "5,quantity is zero or beyond ten million"
    assert refused[6] == "10,gives back goods that were not bought here before"
    orders = {o.key: o for o in database.session.scalars(select(HistoryOrder))}
    assert orders["1001"].total == 24_000 + 3_960
    assert orders["1001"].refunded == 990  # one bulb came back
    assert orders["1002"].buyer_id is None


def test_the_same_file_twice_adds_nothing(run: Any, tmp_path: Path) -> None:
    path = _file(tmp_path, GOOD)
    run(path)
    lines = database.session.scalar(select(func.count()).select_from(HistoryLine))
    again = run(path)
    assert "taken in before" in again.output
    more = _file(tmp_path, GOOD + "1009,1,lamps,anna-1,bulb,1,9.90,2026-02-01,,\n")
    assert run(more).exit_code == 0
    assert database.session.scalar(select(func.count()).select_from(HistoryLine)) == lines + 1
    total = database.session.scalar(select(HistoryOrder.total).where(HistoryOrder.key == "1001"))
    assert total == 27_960


def test_an_import_goes_on_where_it_stopped(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, GOOD)
    monkeypatch.setattr(services, "CHUNK", 2)
    real, chunks = services.take_chunk, []

    def stop_at_second(import_id: int, name: str, chunk: Any, terms: Any) -> None:
        chunks.append(chunk)
        if len(chunks) == 2:
            raise KeyboardInterrupt
        real(import_id, name, chunk, terms)

    monkeypatch.setattr(services, "take_chunk", stop_at_second)
    run(path)
    assert database.session.scalar(select(HistoryImport.rows_done)) == 2
    monkeypatch.setattr(services, "take_chunk", real)
    assert "4 rows read, 4 accepted" in run(path).output


def test_a_parquet_file_with_other_names_and_another_currency(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "past.parquet"
    table = pa.table(
        {
            "InvoiceNo": ["7"],
            "StockCode": ["85123A"],
            "Quantity": [6],
            "Price": [2.55],
            "CustomerID": [17850.0],
            "Date": ["2010-12-01T08:26"],
        }
    )
    pq.write_table(table, path)
    names = [
        "order=InvoiceNo",
        "product=StockCode",
        "quantity=Quantity",
        "unit_price=Price",
        "buyer=CustomerID",
        "paid_at=Date",
    ]
    options = [part for name in names for part in ("--map", name)]
    refused = run(path, *options, "--seller", "Gifts", "--currency", "GBP")
    assert refused.exit_code == 1
    assert "--rate" in refused.output
    done = run(
        path,
        *options,
        "--seller",
        "Gifts",
        "--currency",
        "GBP",
        "--rate",
        "9.2",
        "--shift-to",
        "2026-03-01",
    )
    assert done.exit_code == 0, done.output
    order = database.session.scalars(select(HistoryOrder)).one()
    assert order.total == 6 * 2346  # 2.55 x 9.2 = 23.46
    assert order.paid_at.date().isoformat() == "2026-03-01"
    assert (
        database.session.scalar(select(HistoryParty.key).where(HistoryParty.kind == "buyer"))
        == "17850"
    )


def test_a_missing_column_is_said_before_anything_is_read(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("id,sku\n1,2\n")
    result = run(path, "--seller", "x")
    assert result.exit_code == 1
    assert "no column for order, product, quantity, unit_price, paid_at" in result.output
    assert database.session.scalar(select(func.count()).select_from(HistoryImport)) == 0


def test_imported_history_feeds_the_record_and_not_the_book(run: Any, tmp_path: Path) -> None:
    run(_file(tmp_path, GOOD))
    source = Source(tmp_path / "orders.csv")
    assert source.count() == 4
    seller_id = database.session.scalar(
        select(HistoryParty.subject_id).where(HistoryParty.kind == "seller")
    )
    orders = database.session.scalars(select(HistoryOrder.id).filter_by(seller_id=seller_id))
    march = clock.day_number(date(2026, 3, 1))
    settled = facts.settled_by_day(orders.all(), march)
    assert sum(net for _, net in settled) == 24_000 + 3_960 + 990 - 990
    assert facts.settled_by_day([], march) == []
    journals = database.session.execute(
        database.text("select count(*) from ledger_journal")
    ).scalar_one()
    assert journals == 0
