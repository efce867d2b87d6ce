"""Answers of an engine as files: whole or not there, so that a run that died goes on behind them."""

import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset as ds

from finance.risk.engines.base import Engine, Part


def computed(engine: Engine, subject: str, as_of: int, part: Part, folder: Path) -> Path:
    """Where the features of this part are; computed unless they are there already."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = place(folder, part)
    if not whole.exists():
        draft = whole.with_suffix(".draft")
        _remove(draft)
        engine.write(subject, as_of, part, draft)
        draft.replace(whole)
    return whole


def place(folder: Path, part: Part) -> Path:
    """Where the answer of a part is once it is whole."""
    return folder / f"{part.number}of{part.of}.parquet"


def read(whole: Path) -> pa.Table:
    """The rows in the order of `subject`."""
    rows: pa.Table = ds.dataset(whole, format="parquet").to_table()
    return rows.sort_by("subject")


def forget(folder: Path) -> None:
    """Take the files away once their rows are kept elsewhere."""
    shutil.rmtree(folder, ignore_errors=True)


def _remove(draft: Path) -> None:
    if draft.is_dir():
        shutil.rmtree(draft)
    draft.unlink(missing_ok=True)
