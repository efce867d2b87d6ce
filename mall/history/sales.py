"""Put many sold rows into the history at once: copied to a table of the transaction, then merged."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import text

from core import clock, ids
from core.db import db
from mall.history.parties import Who
from mall.history.rules import HistoryRow

_COLUMNS = (
    "line_id bigint, order_id bigint, seller_id bigint, buyer_id bigint, key text, region text,"
    " line integer, product text, quantity integer, price bigint, stars smallint,"
    " paid_at timestamptz, shipped_at timestamptz, delivered_at timestamptz,"
    " canceled_at timestamptz, returned_at timestamptz"
)
_ORDERS = text(
    """
    insert into history_order (id, created_at, import_id, seller_id, buyer_id, key, region, currency,
      total, refunded, paid_at, shipped_at, delivered_at, canceled_at, returned_at)
    select distinct on (seller_id, key) order_id, :now, :import_id, seller_id, buyer_id, key, region,
      :currency, 0, 0, paid_at, shipped_at, delivered_at, canceled_at, returned_at
    from history_in order by seller_id, key, line_id
    on conflict do nothing
    """
)
# An order's total grows by the lines that are new; of these, what came back is refunded.
_LINES = text(
    """
    with fresh as (
      insert into history_line (id, created_at, order_id, seller_id, buyer_id, line, product, quantity,
        price, amount, returned, returned_at, stars)
      select i.line_id, :now, o.id, i.seller_id, i.buyer_id, i.line, i.product, i.quantity, i.price,
        i.quantity * i.price, case when i.returned_at is null then 0 else i.quantity end,
        i.returned_at, i.stars
      from history_in i join history_order o on o.seller_id = i.seller_id and o.key = i.key
      on conflict do nothing
      returning order_id, amount, returned * price as back
    )
    update history_order o
    set total = o.total + n.amount,
        refunded = o.refunded + case when o.canceled_at is null then n.back else n.amount end
    from (select order_id, sum(amount) as amount, sum(back) as back from fresh group by order_id) n
    where n.order_id = o.id
    """
)


def insert(import_id: int, rows: list[HistoryRow], who: Who, currency: str) -> None:
    """Orders and lines that are not there yet, in the caller's transaction."""
    if not rows:
        return
    db.session.execute(text(f"create temporary table history_in ({_COLUMNS}) on commit drop"))
    raw: Any = db.session.connection().connection.driver_connection
    with raw.cursor() as cursor, cursor.copy("copy history_in from stdin") as copy:
        for values in _values(rows, who):
            copy.write_row(values)
    now = clock.now()
    db.session.execute(_ORDERS, {"now": now, "import_id": import_id, "currency": currency})
    db.session.execute(_LINES, {"now": now})
    db.session.execute(text("drop table history_in"))


def _values(rows: list[HistoryRow], who: Who) -> Iterator[tuple[Any, ...]]:
    for row in rows:
        times = row.times
        yield (
            ids.new_id(),
            ids.new_id(),
            who.seller(row),
            who.buyer(row),
            row.order,
            row.region,
            row.line,
            row.product,
            row.quantity,
            row.price,
            row.stars,
            times["paid_at"],
            times["shipped_at"],
            times["delivered_at"],
            times["canceled_at"],
            times["returned_at"],
        )
