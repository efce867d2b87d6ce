"""The hash chain: each journal is sealed with the hash of the one before, by a job, after the fact.

A chain alone does not show a history that was written anew from its beginning. That is what the
published heads are for: whoever holds an old one can tell.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlalchemy import String, case, cast, func, insert, literal, select, text

from core import clock, jobs
from core.db import db
from core.use_case import use_case
from ledger.models import GENESIS, accounts, heads, journals, links, transfers

_LOCK = text("select pg_advisory_xact_lock(hashtext('ledger.chain'))")
_SEAL = text("select ledger_seal(:most)")
_AT_ONCE = 2_000
Head = tuple[int, str]


@jobs.job("ledger.seal", cron="* * * * *")
def seal_all() -> None:
    """Seal every journal that is committed."""
    while seal():
        pass


@use_case
def seal(at_most: int = _AT_ONCE) -> int:
    """Seal journals that are not yet, by id; returns how many. One sealer at a time.

    The database makes the links, since the application may not; `link_hash` makes them again.
    """
    return int(db.session.execute(_SEAL, {"most": at_most}).scalar_one())


def head() -> Head:
    """The number and hash of the last link; 0 and zeros while there is none."""
    query = select(links.c.seq, links.c.hash).order_by(links.c.seq.desc()).limit(1)
    row = db.session.execute(query).one_or_none()
    return (row.seq, row.hash) if row else (0, GENESIS)


def link_hash(seq: int, previous: str, lines: Sequence[Any]) -> str:
    """SHA-256 of the hash before and everything a journal says; `lines` are its joined rows.

    Whole numbers are written as text and fields have fixed places, so that no two journals are
    written alike.
    """
    j = lines[0]
    head = [seq, j["id"], j["idempotency_key"], j["request_hash"], j["form"], j["kind"], j["ref"]]
    times = [j["business_date"], j["event_at"], j["created_at"], j["expires_at"]]
    told = [
        *(str(each) for each in head),
        *map(_told, times),
        str(j["resolves_id"] or ""),
        str(j["reverses_id"] or ""),
        [[str(line[name]) for name in _LINE] for line in lines],
    ]
    canonical = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(previous.encode() + canonical.encode()).hexdigest()


def _told(day: date | None) -> str:
    if isinstance(day, datetime):
        return day.astimezone(UTC).isoformat()
    return day.isoformat() if day else ""


_LINE = [
    "line",
    "debit",
    "credit",
    "amount",
    "currency",
    "reason",
    "state",
    "debit_version",
    "credit_version",
    "debit_balance",
    "credit_balance",
]


def _rows() -> Any:
    debit, credit = accounts.alias(), accounts.alias()
    return (
        select(journals, transfers, _name(debit, "debit"), _name(credit, "credit"))
        .join(transfers, transfers.c.journal_id == journals.c.id)
        .join(debit, debit.c.id == transfers.c.debit_account_id)
        .join(credit, credit.c.id == transfers.c.credit_account_id)
    )


def _name(account: Any, side: str) -> Any:
    """The account's path, and its row where a busy account has several."""
    row = account.c.path + "~" + cast(account.c.shard, String)
    return case((account.c.shard > 0, row), else_=account.c.path).label(side)


def _written(ids: Sequence[int]) -> Iterator[list[Any]]:
    """The lines of each of these journals, with its head in each row, in order of ids."""
    query = _rows().where(journals.c.id.in_(ids)).order_by(journals.c.id, transfers.c.line)
    rows = db.session.execute(query).mappings()
    for _, lines in groupby(rows, key=lambda row: row["id"]):
        yield list(lines)


def broken_links() -> Iterator[str]:
    """Each link that is not what its journal and the link before it say; one broken names it."""
    expected, previous = 0, GENESIS
    for seq, link, lines in _chain():
        expected += 1
        name = lines[0]["idempotency_key"] if lines else f"journal {link['journal_id']}"
        if seq != expected:
            yield f"links {expected} to {seq - 1} are gone"
            expected = seq
        elif link["previous"] != previous:
            yield f"link {seq} ({name}) does not follow the one before"
        if not lines:
            yield f"link {seq}: {name} is gone"
        elif link_hash(seq, link["previous"], lines) != link["hash"]:
            yield f"link {seq}: {name} is not what was sealed"
        previous = link["hash"]


def _chain() -> Iterator[tuple[int, Any, list[Any]]]:
    """Every link in order with the rows of its journal, as they are now."""
    after = 0
    while True:
        query = select(links).where(links.c.seq > after).order_by(links.c.seq).limit(_AT_ONCE)
        page = db.session.execute(query).mappings().all()
        if not page:
            return
        there = {lines[0]["id"]: lines for lines in _written([row["journal_id"] for row in page])}
        for row in page:
            yield row["seq"], row, there.get(row["journal_id"], [])
        after = page[-1]["seq"]


def lost_heads(published: Iterable[Head] | None = None) -> list[str]:
    """Published heads (the table's, or those of an exported file) that the chain does not have."""
    if published is None:
        known = db.session.execute(select(heads.c.seq, heads.c.hash).order_by(heads.c.seq))
        published = [(row.seq, row.hash) for row in known]
    wanted = dict(published)
    found = select(links.c.seq, links.c.hash).where(links.c.seq.in_(list(wanted)))
    there = {row.seq: row.hash for row in db.session.execute(found)}
    return [
        f"the chain had {hash[:12]} as link {seq}, and has {there.get(seq, 'none')[:12]}"
        for seq, hash in wanted.items()
        if there.get(seq) != hash
    ]


def unsealed() -> list[str]:
    """Journals that have waited for their seal longer than an hour."""
    sealed = select(literal(1)).where(links.c.journal_id == journals.c.id).exists()
    old = journals.c.created_at < func.now() - text("interval '1 hour'")
    query = select(journals.c.idempotency_key).where(~sealed, old).order_by(journals.c.id).limit(6)
    return list(db.session.execute(query).scalars())


@use_case
def publish(to: Path | None = None) -> Head | None:
    """Write today's head down, once, and append it to a file kept elsewhere; None when empty."""
    db.session.execute(_LOCK)
    seq, hash = head()
    if not seq:
        return None
    known = db.session.execute(select(heads.c.hash).where(heads.c.seq == seq)).one_or_none()
    if known is None:
        db.session.execute(insert(heads).values(seq=seq, hash=hash, published_at=clock.now()))
    if to is not None and (seq, hash) not in read(to):
        to.parent.mkdir(parents=True, exist_ok=True)
        with to.open("a") as file:
            file.write(json.dumps({"at": clock.now().isoformat(), "seq": seq, "hash": hash}) + "\n")
    return seq, hash


def read(file: Path) -> list[Head]:
    """The heads in an exported file, one JSON object a line."""
    if not file.exists():
        return []
    rows = [json.loads(line) for line in file.read_text().splitlines() if line.strip()]
    return [(int(row["seq"]), str(row["hash"])) for row in rows]


def published() -> list[Any]:
    """Every head written down, oldest first: seq, hash, published_at."""
    return list(db.session.execute(select(heads).order_by(heads.c.seq)).all())


@jobs.job("ledger.publish_head", cron="5 16 * * *")  # 00:05 in Shanghai
def publish_daily() -> None:
    """Seal what is there and publish the day's head."""
    from flask import current_app

    seal_all()
    file = current_app.config["HEADS_FILE"]
    publish(Path(file) if file else None)
