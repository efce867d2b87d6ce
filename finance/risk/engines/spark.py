"""The features on Spark over the snapshot: for data or a night that outgrow one machine."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger

from core.use_case import end_read
from finance.risk.engines import base, snapshot
from finance.risk.engines.base import EngineMissing, Part
from mall.facts import published

_HERE = "127.0.0.1"
_DEFAULTS = {
    "spark.driver.bindAddress": _HERE,
    "spark.driver.host": _HERE,
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": "16",
    "spark.sql.session.timeZone": "UTC",
}
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
        self.settings = _DEFAULTS | settings | _ALWAYS
        self._session: Any = None

    def prepare(self, subject: str, as_of: int, tell: Callable[[str], None]) -> None:
        snapshot.update(self.folder / "snapshot", base.relations(subject), as_of, tell)
        end_read()

    def write(self, subject: str, as_of: int, part: Part, to: Path) -> None:
        self.show(subject, part)
        answer = self.session().sql(base.text_at(subject, as_of))
        answer.write.mode("overwrite").parquet(str(to))

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
