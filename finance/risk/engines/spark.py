"""The features on Spark over the snapshot: for data or a night that outgrow one machine."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger

from core.use_case import end_read
from finance.risk.engines import base, named_parts, snapshot
from finance.risk.engines.base import EngineMissing, Part
from finance.risk.engines.named_parts import Named
from mall.facts import published

_HERE = "127.0.0.1"
_DEFAULTS = {
    "spark.driver.bindAddress": _HERE,
    "spark.driver.host": _HERE,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.codegen.cache.maxEntries": "2000",  # some hundred classes a part; 100 is usual
}
# On one machine Java's second compiler costs more than what it makes is quicker by. Without it Java
# keeps 48 MB for code, of which a few parts need more, and compiles nothing any more when it is full.
_LOCAL = {"spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=512m"}
_ADAPTIVE = "spark.sql.adaptive.enabled"
_MEASURES = ("s_", "m_")  # names of parts with a row a subject (features.building)
_ALWAYS = {"spark.sql.ansi.enabled": "true"}  # overflow and bad casts are errors, not NULL


def open_engine(folder: Path) -> "OnSpark":
    """Raises EngineMissing without the extra."""
    try:
        import pyspark  # noqa: F401 - only whether it is there
    except ImportError:
        raise EngineMissing(engine="Spark", file="requirements-spark.txt") from None
    config = current_app.config
    return OnSpark(folder, config["SPARK_MASTER"], **base.settings(config["SPARK_SETTINGS"]))


class OnSpark:
    """A session that is opened at the first question.

    master    local[N], or spark://HOST:PORT of a cluster whose workers see `folder` at this path
    settings  of Spark; they win over ours, but for the ANSI mode
    """

    def __init__(self, folder: Path, master: str, **settings: str) -> None:
        self.folder, self.master = folder, master
        ours = _DEFAULTS | (_LOCAL if master.startswith("local") else {})
        self.settings = ours | settings | _ALWAYS
        self._session: Any = None

    def prepare(self, subject: str, as_of: int, tell: Callable[[str], None]) -> None:
        snapshot.update(self.folder / "snapshot", base.relations(subject), as_of, tell)
        end_read()

    def write(self, subject: str, as_of: int, part: Part, to: Path) -> None:
        self.show(subject, part)
        session = self.session()
        parts, last = named_parts.taken_apart(base.text_at(subject, as_of))
        kept = [rows for each in parts if (rows := self._work_out(each)) is not None]
        adaptive = session.conf.get(_ADAPTIVE)
        try:
            # What is kept is counted: to plan the large join anew after each input costs, and finds nothing.
            session.conf.set(_ADAPTIVE, "false")
            session.sql(last).write.mode("overwrite").parquet(str(to))
        finally:
            session.conf.set(_ADAPTIVE, adaptive)
            for rows in kept:
                rows.unpersist()

    def _work_out(self, part: Named) -> Any:
        """Make a part of the text known by its name; its rows, if they are worked out and kept.

        Spark puts the whole of a part wherever the text names it: the same sums a dozen times over,
        and a plan that takes longer than the work. So sums that are read again, and the measures,
        are worked out here, each in a small plan; an executor that dies has only its share to do again.
        """
        rows = self.session().sql(part.select)
        summed = "GROUP BY" in part.select
        if summed and (part.reads > 1 or part.name.startswith(_MEASURES)):
            rows = rows.persist()
            rows.count()
        rows.createOrReplaceTempView(part.name)
        return rows if rows.is_cached else None

    def show(self, subject: str, part: Part) -> None:
        """Make the relations known by their names."""
        session = self.session()
        for name in base.relations(subject):
            where = part.condition(subject, name)
            files = str(self.folder / "snapshot" / name)
            rows = session.read.schema(_schema(name)).parquet(files)
            (rows.where(where) if where else rows).createOrReplaceTempView(name)

    def session(self) -> Any:
        """The session, opened once."""
        if self._session is None:
            from pyspark.sql import SparkSession

            if self.settings["spark.driver.bindAddress"] == _HERE:
                os.environ.setdefault("SPARK_LOCAL_IP", _HERE)
            builder = SparkSession.builder.master(self.master).appName("scores of everyone")
            for name, value in self.settings.items():
                builder = builder.config(name, value)
            self._session = builder.getOrCreate()
            self._session.sparkContext.setLogLevel("ERROR")
        return self._session

    def close(self) -> None:
        if self._session is not None:
            self._session.stop()
            self._session = None


def _schema(name: str) -> Any:
    """The columns of a relation, as Spark says them."""
    from pyspark.sql.types import LongType, StringType, StructField, StructType

    kinds = (
        (column.name, LongType() if isinstance(column.type, BigInteger) else StringType())
        for column in published.table(name).columns
    )
    return StructType([StructField(column, kind) for column, kind in kinds])
