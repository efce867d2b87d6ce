"""A real shop's year: import it, grade its buyers and its seller, see what would be offered.

python -m benchmarks history PATH [import options …]
"""

import sys
import time

from benchmarks import place

ONLINE_RETAIL = [
    "--map", "order=InvoiceNo", "--map", "product=StockCode", "--map", "quantity=Quantity",
    "--map", "unit_price=UnitPrice", "--map", "buyer=CustomerID", "--map", "paid_at=InvoiceDate",
    "--map", "region=Country", "--seller", "Online Retail", "--currency", "GBP", "--rate", "9.20",
    "--zone", "Europe/London",
    "--not-goods", "POST,DOT,M,m,D,S,B,C2,CRUK,BANK CHARGES,AMAZONFEE,PADS",
]  # fmt: skip


def main(arguments: list[str]) -> None:
    """Take the file at PATH in on a throw-away database and print each step with its seconds."""
    if not arguments:
        sys.exit(__doc__)
    path, *more = arguments
    options = more or ONLINE_RETAIL
    with place.mall() as cluster:
        _flask("mall", "import-orders", path, *options)
        _flask("mall", "import-orders", path, *options)
        day = _last_day(cluster.url("mall"))
        _flask("risk", "grade", "--all", "--as-of", day)
        _flask("risk", "grade", "--buyers", "--as-of", day)
        _flask("ledger", "audit")


def _last_day(url: str) -> str:
    from sqlalchemy import create_engine, text

    with create_engine(url).connect() as connection:
        return str(
            connection.execute(text("select max(paid_at)::date from history_order")).scalar()
        )


def _flask(*arguments: str) -> None:
    print(f"\n$ flask {' '.join(arguments)}", flush=True)
    start = time.perf_counter()
    print(place.flask(*arguments))
    print(f"[{time.perf_counter() - start:.1f} s]", flush=True)
