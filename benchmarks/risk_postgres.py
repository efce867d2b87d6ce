"""Everyone in the mall's own PostgreSQL, as a ratio to a plain scan of the same columns."""

import tempfile
from pathlib import Path

import psycopg

from benchmarks import place, risk_columns, risk_rows
from benchmarks.lending import Took, measured
from benchmarks.risk_night import Night, parts_of, peak_of

SUBJECT = "seller"


def measure(lines: int, *, parts: int) -> Night:
    """Fill a database of its own with so many lines and compute everyone's features in it."""
    with place.mall() as cluster:
        with psycopg.connect(place.plain(cluster.url("mall"))) as owner:
            sellers = risk_rows.fill_many(owner, lines)
            size = owner.execute("select pg_database_size('mall')").fetchone()
        print(f"\n{lines:,} lines of {sellers:,} sellers in the mall's own tables: ", end="")
        print(f"{(size or [0])[0] / 2**20:,.0f} MiB")
        from core.db import db
        from wsgi import create_app

        with create_app().app_context():
            of = parts_of(lines, parts)
            whole, plain, peak = _everyone(of)
            db.session.remove()
            db.engine.dispose()
    print(f"  postgres took {whole.cpu:,.1f} CPU-s, {whole.clock:,.1f} s")
    found = (whole.cpu, whole.clock), (plain.cpu, plain.clock)
    return Night("postgres", lines, sellers, of, *found, peak)


def _everyone(of: int) -> tuple[Took, Took, int]:
    """The features in so many parts, the plain scan, the most memory of the session's process."""
    from core import clock
    from core.db import db
    from finance.risk.engines import Part, base, postgres

    day, connection = clock.day_number(clock.now()), db.session.connection()
    # helpers' CPU could not be told; the plain scan shall have what the features set for themselves
    connection.exec_driver_sql("set max_parallel_workers_per_gather = 0")
    connection.exec_driver_sql("set jit = off")
    pid = connection.exec_driver_sql("select pg_backend_pid()").scalar_one()

    names = dict.fromkeys(base.relations(SUBJECT), "")
    plainly = [
        postgres.over_relations(names, risk_columns.scan(name, read)).replace("%", "%%")
        for name, read in risk_columns.read_by(SUBJECT).items()
    ]

    def scan() -> None:
        for sql in plainly:
            db.session.connection().exec_driver_sql(sql).all()

    def write(folder: Path) -> None:
        engine = postgres.open_engine(folder)
        for number in range(of):
            engine.write(SUBJECT, day, Part(number, of), folder / f"{number}.parquet")

    plain = measured(scan)
    with tempfile.TemporaryDirectory() as folder:
        whole = measured(lambda: write(Path(folder)))
    return whole, plain, peak_of(pid)
