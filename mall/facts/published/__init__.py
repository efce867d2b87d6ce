"""The relations of the mall for scoring: their columns, and what stands behind them here.

`tables` is the contract (docs/rooms.md); `SOURCES` says what each one is in PostgreSQL. A snapshot
as Parquet has the same columns, so one SQL text over these names runs on either. Rooms above add
their own: `relation(…)` names the columns, `SOURCES[name]` what stands behind them.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql.selectable import SelectBase

from mall.facts.published import orders as _orders
from mall.facts.published import partners as _partners
from mall.facts.published import shops as _shops
from mall.facts.published.tables import CLOCKS, PUBLISHED, relation

_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
SOURCES: dict[str, Callable[[], SelectBase]] = {
    "fact_orders": _orders.orders,
    "fact_order_events": _orders.order_events,
    "fact_order_lines": _orders.order_lines,
    "fact_settlements": _orders.settlements,
    "fact_refund_events": _orders.refund_events,
    "fact_dispute_events": _orders.dispute_events,
    "fact_review_events": _shops.review_events,
    "fact_question_events": _shops.question_events,
    "fact_favorites": _shops.favorites,
    "fact_listings": _shops.listings,
    "fact_stock_movements": _shops.stock_movements,
    "fact_goods_events": _shops.goods_events,
    "fact_supplies": _partners.supplies,
    "fact_payment_tries": _partners.payment_tries,
    "fact_sellers": _shops.sellers,
    "fact_seller_events": _shops.seller_events,
    "fact_buyers": _shops.buyers,
    "fact_shared_places": _shops.shared_places,
    "fact_traces": _shops.traces,
}


def sql_of(name: str) -> str:
    """The relation as a SELECT over the mall's tables, for PostgreSQL."""
    return str(SOURCES[name]().compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True}))


def with_clause(names: Iterable[str]) -> str:
    """`name AS NOT MATERIALIZED (…), …`: what goes behind WITH before a text over these names."""
    return ",\n".join(f"{name} AS NOT MATERIALIZED (\n{sql_of(name)}\n)" for name in sorted(names))


def table(name: str) -> Table:
    """The columns of a relation; raises KeyError."""
    return PUBLISHED.tables[name]


__all__ = ["CLOCKS", "PUBLISHED", "SOURCES", "relation", "sql_of", "table", "with_clause"]
