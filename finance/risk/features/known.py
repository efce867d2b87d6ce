"""What a build may read: published relations as they were known before its day."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import CTE, Select, Table, case, func, select

from finance.risk.features.portable import AS_OF, SUBJECT
from mall.facts import published

KEYS = {"seller": "seller_id", "buyer": "buyer_id"}
SUSPECTS = "fact_suspect_orders"
FRESH = 7  # days; what is said of nobody alone, such as what is usual, is read of these only


def _short(name: str) -> str:
    return "b" + name.removeprefix("fact")


class Base:
    """The published relations as one build sees them: known before `as_of`, maybe of one subject.

    base["fact_orders"] is a CTE with the relation's columns and `subject`; one that has no key of
    the subject is read whole, without `subject`.
    """

    def __init__(self, subject: str, one: bool) -> None:
        self.subject, self.one = subject, one
        self.read: list[str] = []
        self._made: dict[str, CTE] = {}

    def __getitem__(self, name: str) -> CTE:
        self._reads(name)
        if name not in self._made:
            rows = published.table(name)
            if self.subject == "seller" and "order_id" in rows.c and name != SUSPECTS:
                self._made[name] = self._but_suspects(rows)
            else:
                self._made[name] = self._known(rows, rows.columns).cte(_short(name))
        elif self.subject == "seller" and "order_id" in self._made[name].c and name != SUSPECTS:
            self._reads(SUSPECTS)
        return self._made[name]

    def _reads(self, name: str) -> None:
        if name not in self.read:
            self.read.append(name)

    def _known(self, rows: Table, columns: Iterable[Any]) -> Select[Any]:
        if KEYS[self.subject] not in rows.c:  # of nobody alone: what is usual in a category
            late = (rows.c.known_day < AS_OF, rows.c.known_day >= AS_OF - FRESH)
            return select(*columns).where(*late)
        key = rows.c[KEYS[self.subject]]
        found = select(key.label("subject"), *columns).where(rows.c.known_day < AS_OF)
        return found.where(key == SUBJECT if self.one else key.is_not(None))

    def _but_suspects(self, rows: Table) -> CTE:
        """Without orders that were suspected of being fake and not cleared by then."""
        said = self[SUSPECTS]
        out = self.kept(
            "suspects",
            lambda: (
                select(said.c.order_id)
                .group_by(said.c.order_id)
                .having(func.sum(case((said.c.kind == "suspected", 1), else_=-1)) > 0)
                .cte("suspects")
            ),
        )
        found = self._known(rows, rows.columns).select_from(
            rows.outerjoin(out, out.c.order_id == rows.c.order_id)
        )
        return found.where(out.c.order_id.is_(None)).cte(_short(rows.name))

    def kept(self, name: str, make: Callable[[], CTE]) -> CTE:
        """A CTE that several blocks read, made once."""
        if name not in self._made:
            self._made[name] = make()
        return self._made[name]
