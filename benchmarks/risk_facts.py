"""The published facts of a large mall as Parquet, made by sets in DuckDB: a file a month."""

from pathlib import Path
from typing import Any

from benchmarks import risk_columns

DAYS, MONTHS, LINES_OF_A_SHOP = 360, 12, 500
_DAY = 86_400


def make(folder: Path, lines: int, until: int) -> int:
    """Write `lines` order lines of a year before day number `until`, with all that hangs on them.

    Two lines an order; shops of very different size, 500 lines in the mean; how many shops.
    """
    import duckdb

    from mall.facts import published

    sellers = max(20, lines // LINES_OF_A_SHOP)
    with duckdb.connect(config={"temp_directory": str(folder / "spill")}) as duck:
        for name in published.PUBLISHED.tables:
            (folder / name).mkdir(parents=True, exist_ok=True)
            _write(duck, folder, name, "columns", "(select 1) where false")
        for month in range(MONTHS):
            orders = lines // 2
            first, last = orders * month // MONTHS, orders * (month + 1) // MONTHS
            _month(duck, folder, str(month), _orders(first, last, orders, sellers, until))
        _people(duck, folder, sellers, until)
    return sellers


def _orders(first: int, last: int, orders: int, sellers: int, until: int) -> str:
    """Orders in the order of their days; few shops sell much, most little."""
    return (
        f"(select o, ({until} - {DAYS}) + o * {DAYS} // {orders} as d, (o * 7919) % {_DAY} as s,"
        f" 1 + cast(floor({sellers} * pow((hash(o) % 1000000) / 1e6, 2)) as bigint) as shop,"
        f" 1 + cast(hash(o + 1) % {max(50, orders // 10)} as bigint) as buyer,"
        f" 1000 + cast(hash(o + 2) % 9000 as bigint) as price from range({first}, {last}) r(o))"
    )


def _month(duck: Any, folder: Path, month: str, orders: str) -> None:
    money = {"seller_id": "shop", "buyer_id": "buyer", "order_id": "o", "imported": "0"}
    _write(
        duck, folder, "fact_orders", month, orders, at=0,
        **money, buyer_age_days="o % 700", total="3 * price", goods="3 * price", shipping="0",
        on_credit="cast(o % 4 = 0 as int)", on_card="cast(o % 4 > 0 as int)",
        ship_by_s="(d + 2) * 86400 + s", hour="s // 3600", weekday="1 + d % 7", place="buyer",
        region="'r' || buyer % 9",
    )  # fmt: skip
    for kind, days, cause in (
        ("shipped", 1, ""), ("scanned", 1, ""), ("delivered", 4, ""), ("settled", 6, "timer"),
    ):  # fmt: skip
        _write(
            duck, folder, "fact_order_events", f"{month}-{kind}", orders, at=days,
            **money, total="3 * price", paid_day="d", begun_day="d", lag_s=f"{days * _DAY} + o % 9999",
            since_s=f"{days * _DAY}", late="cast(o % 11 = 0 as int)", kind=f"'{kind}'",
            cause=f"'{cause}'",
        )  # fmt: skip
    both = f"{orders} x, range(1, 3) l(line)"
    _write(
        duck, folder, "fact_order_lines", month, both, at=0,
        **money, line_id="2 * o + line", category_id="1 + o % 12", quantity="line", price="price",
        amount="line * price", product="'p' || (shop * 100 + o % 40)",
    )  # fmt: skip
    _write(
        duck, folder, "fact_settlements", month, orders, at=6,
        **money, amount="3 * price", kind="'settled'",
    )  # fmt: skip
    given = f"{orders} where o % 33 = 0"
    _write(
        duck, folder, "fact_refund_events", month, given, at=9,
        **money, refund_id="o", amount="price", paid_day="d", begun_day="d + 8", lag_s="o % 99999",
        kind="'granted'", cause="'damaged'", fault="'seller'",
    )  # fmt: skip
    _write(
        duck, folder, "fact_review_events", month, f"{orders} where o % 5 = 0", at=8,
        review_id="o", line_id="2 * o + 1", seller_id="shop", buyer_id="buyer", imported="0",
        stars="1 + o % 5", chars="o % 200", words="o % 1000", begun_day="d + 8", lag_s="o % 99999",
        kind="'written'", product="'p' || (shop * 100 + o % 40)",
    )  # fmt: skip


def _people(duck: Any, folder: Path, sellers: int, until: int) -> None:
    source = f"(select o, {until} - 500 as d, 0 as s from range(1, {sellers + 1}) r(o))"
    _write(
        duck, folder, "fact_sellers", "all", source, at=0,
        seller_id="o", owner_id="o + 1000000000", imported="0",
    )  # fmt: skip


def _write(
    duck: Any, folder: Path, name: str, file: str, source: str, at: int | None = None, **given: str
) -> None:
    """One file of a relation; columns not given are unknown, clocks are `at` days after d and s."""
    from mall.facts import published

    if at is not None:
        for clock in ("happened", "known"):
            given |= {f"{clock}_day": f"d + {at}", f"{clock}_s": f"(d + {at}) * {_DAY} + s"}
    columns = ", ".join(
        f"cast({given.get(c.name, 'null')} as {risk_columns.kind(c)}) as {c.name}"
        for c in published.table(name).columns
    )
    to = folder / name / f"{file}.parquet"
    duck.execute(f"COPY (select {columns} from {source}) TO '{to}' (FORMAT parquet)")
