"""Rows as a CSV file for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask import Response

from core import clock
from core.money import Money


def csv_file(name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Response:
    """A download; amounts as `1200.00`, instants in the mall's zone."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    response = Response(out.getvalue(), mimetype="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Money):
        return value.decimal_text()
    if isinstance(value, datetime):
        return value.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M")
    text = str(value)
    # a spreadsheet must not take a buyer's words for a formula
    return "'" + text if isinstance(value, str) and text[:1] in "=+-@\t\r" and text else text
