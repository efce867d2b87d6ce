"""Bank statements as CSV: our own documented columns, and errors that name the line; pure."""

import csv
import io
from collections.abc import Iterator
from datetime import date

from core.money import Money
from payments.bank_values import (
    LINE_ID_MAX,
    TEXT_MAX,
    WORD_MAX,
    BadStatement,
    Line,
    Statement,
    checked,
    compact,
    reference_in,
)

NEEDED = ("account", "id", "date", "amount", "currency")
MORE = (
    "reference",
    "end_to_end_id",
    "counterparty",
    "iban",
    "text",
    "comes_back",
    "reason",
    "balance",
)
YES, NO = ("yes", "true", "1"), ("", "no", "false", "0")
Row = tuple[int, dict[str, str]]


def read(data: bytes, name: str) -> Statement:
    """A statement from CSV in UTF-8, with comma, semicolon or tab; raises BadStatement."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadStatement("The file is not UTF-8 text. Save it as CSV in UTF-8.") from None
    rows = list(_rows(text))
    if not rows:
        raise BadStatement("The file has a head but no line under it.")
    accounts = {compact(row["account"]): number for number, row in rows}
    if len(accounts) > 1:
        raise BadStatement(
            f"Line {max(accounts.values())}: another account than above. One file, one account."
        )
    lines = [_line(number, row) for number, row in rows]
    currencies = {line.amount.currency for line in lines}
    if len(currencies) > 1:
        raise BadStatement(f"Several currencies: {', '.join(sorted(currencies))}. One a file.")
    opening, closing = _balances(rows, lines)
    return checked(
        Statement(next(iter(accounts)), currencies.pop(), opening, closing, tuple(lines), name)
    )


def _rows(text: str) -> Iterator[Row]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        _check_head(reader.fieldnames or ())
        for row in reader:
            if None in row or None in row.values():
                raise BadStatement(
                    f"Line {reader.line_num}: {len(reader.fieldnames or ())} columns are expected."
                )
            if any(value.strip() for value in row.values()):
                yield reader.line_num, {key: value.strip() for key, value in row.items()}
    except csv.Error as error:
        raise BadStatement(f"Line {reader.line_num}: {error}.") from None


def _check_head(names: "list[str] | tuple[str, ...] | object") -> None:
    given = list(names) if isinstance(names, list | tuple) else []
    missing = [name for name in NEEDED if name not in given]
    unknown = [name for name in given if name not in NEEDED + MORE]
    if missing or unknown:
        raise BadStatement(
            "Line 1 must name the columns "
            + ", ".join(NEEDED)
            + " and may name "
            + ", ".join(MORE)
            + (f"; missing: {', '.join(missing)}" if missing else "")
            + (f"; unknown: {', '.join(str(name) for name in unknown)}" if unknown else "")
            + "."
        )


def _line(number: int, row: dict[str, str]) -> Line:
    amount = _money(number, row, "amount")
    if not amount:
        raise BadStatement(f"Line {number}: amount is zero. A line moves something.")
    if not row["id"] or len(row["id"]) > LINE_ID_MAX:
        raise BadStatement(f"Line {number}: id must have 1 to {LINE_ID_MAX} characters.")
    comes_back = row.get("comes_back", "").lower()
    if comes_back not in YES + NO:
        raise BadStatement(f"Line {number}: comes_back is yes or no, not {comes_back!r}.")
    text = row.get("text", "")
    return Line(
        id=row["id"],
        on=_date(number, row["date"]),
        amount=amount,
        reference=reference_in(row.get("reference", ""), text),
        end_to_end_id=row.get("end_to_end_id", "")[:WORD_MAX],
        counterparty=row.get("counterparty", "")[:WORD_MAX],
        iban=compact(row.get("iban", ""))[:34],
        text=" ".join(part for part in (row.get("reference", ""), text) if part)[:TEXT_MAX],
        comes_back=comes_back in YES,
        reason=row.get("reason", "")[:10],
    )


def _date(number: int, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadStatement(
            f"Line {number}: date must look like 2026-11-25, not {text[:20]!r}."
        ) from None


def _money(number: int, row: dict[str, str], column: str) -> Money:
    try:
        return Money.parse(row[column], row["currency"])
    except ValueError:
        raise BadStatement(
            f"Line {number}: {column} must be an amount such as -1200.00, "
            f"and currency a code such as CNY; not {row[column][:20]!r} {row['currency'][:5]!r}."
        ) from None


def _balances(rows: list[Row], lines: list[Line]) -> tuple[Money | None, Money | None]:
    """Opening and closing from the running balance, which must follow line by line."""
    told = [number for number, row in rows if row.get("balance")]
    if not told:
        return None, None
    if len(told) < len(rows):
        raise BadStatement("Give the balance on every line, or on none.")
    before: Money | None = None
    opening = closing = None
    for (number, row), line in zip(rows, lines, strict=True):
        closing = _money(number, row, "balance")
        if before is not None and before + line.amount != closing:
            raise BadStatement(
                f"Line {number}: balance {closing} does not follow from {before} "
                f"and {line.amount}. A line may be missing above it."
            )
        opening = closing - line.amount if before is None else opening
        before = closing
    return opening, closing
