"""Commands that take in order history: `flask mall import-orders`."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from flask import current_app

from core import clock
from core.errors import DomainError, InvalidInput
from mall.cli import mall
from mall.history import services
from mall.history.readers import Source
from mall.history.rules import COLUMNS, REQUIRED, Terms, paid_at


@mall.command("import-orders")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--map", "mapped", multiple=True, metavar="COLUMN=HEADER", help="What the file calls a column."
)
@click.option("--seller", default="", help="The shop of every row, when there is no such column.")
@click.option("--source", default="", help="Whose keys these are; the file's name by default.")
@click.option(
    "--currency", default="", help="Of the prices, when it is not the mall's; needs --rate."
)
@click.option("--rate", default="1", help="One unit of it in the mall's currency.")
@click.option("--zone", default="", help="Of times that name none; the mall's by default.")
@click.option("--not-goods", default="", help="Product keys that are no goods, parted by commas.")
@click.option(
    "--shift-to",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Move all times so that the last order is paid on this day.",
)
@click.option(
    "--report",
    "report_path",
    type=click.Path(path_type=Path),
    help="Write refused rows here (CSV).",
)
def import_orders(path: Path, report_path: Path | None, **options: Any) -> None:
    """Bring an existing business's order history in; it feeds the score, never the book."""
    try:
        source = Source(path)
        terms = _terms(source, options)
        name = options["source"] or options["seller"] or path.stem
        rows = source.count()
        with click.progressbar(length=rows, label=f"Reading {rows:,} rows", show_pos=True) as bar:
            report = services.import_orders(source, terms, name, progress=bar.update)
    except DomainError as error:
        raise click.ClickException(str(error)) from None
    if report_path:
        _write_refusals(report_path, report.import_id)
    _say(report)


def _say(report: services.Report) -> None:
    if report.already_done:
        click.echo("This file was taken in before; nothing was added.")
    click.echo(
        f"{report.read:,} rows read, {report.accepted:,} accepted, {report.refused:,} refused"
    )
    for reason, count in sorted(report.reasons.items(), key=lambda pair: -pair[1])[:20]:
        click.echo(f"  {count:>9,}  {reason}")
    click.echo(f"{report.sellers:,} sellers and {report.buyers:,} buyers known from this source")


def _write_refusals(path: Path, import_id: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "reason"])
        writer.writerows(services.refusals(import_id))
    click.echo(f"Refused rows are in {path}")


def _terms(source: Source, options: dict[str, Any]) -> Terms:
    names = _names(source, options)
    mall_currency = current_app.config["MALL_CURRENCY"]
    currency = options["currency"] or mall_currency
    rate = _rate(options["rate"])
    if currency != mall_currency and rate == 1:
        raise InvalidInput(
            "Prices are in {currency}, the mall's in {mall}: give --rate, one {currency} in {mall}.",
            currency=currency,
            mall=mall_currency,
        )
    terms = Terms(
        names=names,
        currency=mall_currency,
        zone=ZoneInfo(options["zone"]) if options["zone"] else clock.zone(),
        seller=options["seller"],
        rate=rate,
        skipped=frozenset(key.strip() for key in options["not_goods"].split(",") if key.strip()),
    )
    if options["shift_to"]:
        return _shifted(source, terms, options["shift_to"].date())
    return terms


def _names(source: Source, options: dict[str, Any]) -> dict[str, str]:
    names = {name: name for name in COLUMNS}
    for pair in options["mapped"]:
        ours, _, theirs = pair.partition("=")
        if ours not in COLUMNS or not theirs:
            raise InvalidInput(
                "--map {pair}: write COLUMN=HEADER with one of: {names}.",
                pair=pair,
                names=", ".join(COLUMNS),
            )
        names[ours] = theirs
    needed = REQUIRED if options["seller"] else (*REQUIRED, "seller")
    missing = [name for name in needed if names[name] not in source.header]
    if missing:
        raise InvalidInput(
            "The file has no column for {missing}. Its header is {header}; name them with --map COLUMN=HEADER.",
            missing=", ".join(missing),
            header=", ".join(source.header),
        )
    return names


def _rate(text: str) -> Fraction:
    try:
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InvalidInput("--rate {text} is not a number.", text=text) from None
    if rate <= 0:
        raise InvalidInput("--rate must be above zero.")
    return rate


def _shifted(source: Source, terms: Terms, to: date) -> Terms:
    """The same terms with times moved by whole days: the last sale falls on `to`."""
    last = max(
        (at for _, cells in source.rows() if (at := paid_at(cells, terms)) is not None),
        default=None,
    )
    if last is None:
        return terms
    shift = timedelta(days=(to - last.astimezone(terms.zone).date()).days)
    return replace(terms, shift=shift)
