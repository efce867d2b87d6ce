"""Grades from the terminal: of one seller, of all, of all shoppers."""

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from core import clock
from core.errors import DomainError
from core.money import Money
from finance.risk import grading, scorecard
from finance.risk.features.cli import features
from finance.risk.grading import Grades, SellerGrade
from finance.risk.outcome import share
from mall import facts

risk = AppGroup("risk", help="Scores and decisions.")
risk.add_command(features)
_as_of = click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="End of this day; default: now."
)


@risk.command("grade")
@click.option("--seller", type=int, help="One seller's id.")
@click.option("--all", "everyone", is_flag=True, help="Every approved seller.")
@click.option("--buyers", is_flag=True, help="Every shopper with a paid order.")
@_as_of
def grade(seller: int | None, everyone: bool, buyers: bool, as_of: datetime | None) -> None:
    """Print grades and what would be offered; nothing is kept."""
    at = clock.start_of(as_of.date() + timedelta(1)) if as_of else clock.now()
    if not (seller or everyone or buyers):
        raise click.UsageError("Say --seller ID, --all or --buyers.")
    if seller or everyone:
        _sellers([seller] if seller else facts.approved_sellers(), at)
    if buyers:
        _buyers(at)


def _sellers(ids: list[int], at: datetime) -> None:
    began, few = time.perf_counter(), len(ids) <= 20
    with click.progressbar(length=len(ids), label="Sellers") as bar:
        told: list[SellerGrade] = []

        def each(one: SellerGrade) -> None:
            told.append(one)
            bar.update(1)

        found = grading.grade_sellers(ids, at, each)
    for one in told if few else []:
        _tell(one)
    _sum_up("sellers", "largest sales shares", found, time.perf_counter() - began)


def _buyers(at: datetime) -> None:
    began, ids = time.perf_counter(), facts.buyers_known(at)
    with click.progressbar(length=len(ids), label="Shoppers") as bar:
        found = grading.grade_buyers(ids, at, lambda: bar.update(1))
    _sum_up("shoppers", "limits", found, time.perf_counter() - began)


def _tell(one: SellerGrade) -> None:
    currency = current_app.config["MALL_CURRENCY"]
    name = facts.seller_names([one.seller_id]).get(one.seller_id, "")
    click.echo(
        f"{name} ({one.seller_id}): score {one.score}, grade {one.grade}, PD {share(one.pd_ppm)}"
    )
    if one.most:
        most, fee = Money(one.most, currency), Money(one.fee, currency)
        click.echo(
            f"  sales share up to {most}, fee {fee}, APR {share(one.apr_ppm)}, {one.days} days"
        )
    for reason in one.reasons:
        click.echo(f"  {reason}")


def _sum_up(who: str, what: str, found: Grades, seconds: Any) -> None:
    total = Money(found.offered, current_app.config["MALL_CURRENCY"])
    click.echo(f"{found.graded} {who} graded in {seconds:.1f} s.")
    for letter in "ABCDE":
        click.echo(f"  {letter} {found.grades[letter]:>7}")
    click.echo(f"{found.offers} would get an offer; {what} together {total}.")
    for code, count in sorted(found.reasons.items(), key=lambda item: -item[1])[:8]:
        click.echo(f"  {code} {count:>6} times among the reasons")


@risk.command("train")
@click.option("--csv", "path", required=True, type=click.Path(exists=True, dir_okay=False))
@click.option("--target", required=True, help="The column of the outcome.")
@click.option("--positive", required=True, help="Its value that means a bad outcome.")
@click.option("--drop", multiple=True, help="Columns the card must not know; a list with commas.")
@click.option(
    "--group", "--protected", "protected", multiple=True, help="Columns whose groups are compared."
)
@click.option("--month", default="", help="The column that says when: stability by month.")
@click.option("--report", type=click.Path(dir_okay=False), help="Write the figures here, as JSON.")
@click.option("--card", type=click.Path(dir_okay=False), help="Write the card here, as JSON.")
@click.option("--model-card", type=click.Path(dir_okay=False), help="Write a page about it here.")
@click.option(
    "--expert", default="", help="The card that decided on these people: its features and reasons."
)
@click.option("--folds", type=click.IntRange(2, 20), default=5, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.argument("more", nargs=-1)
def train(
    path: str,
    target: str,
    positive: str,
    drop: tuple[str, ...],
    protected: tuple[str, ...],
    month: str,
    report: str | None,
    card: str | None,
    model_card: str | None,
    expert: str,
    folds: int,
    seed: int,
    more: tuple[str, ...],
) -> None:
    """Fit a monotone card to the outcomes of a CSV; MORE names further columns to drop.

    Every figure of the report is of rows the card had not seen (stratified parts, each left out
    once). Columns of --group and --month are compared and never part of the card.
    """
    from finance.risk.training import challenger, table, training  # numpy is loaded here only
    from finance.risk.training import model_card as page

    dropped, compared = _listed(*drop, *more), _listed(*protected)
    for named in (report, card, model_card):
        if named and not os.access(Path(named).parent, os.W_OK):  # said now, not after minutes
            raise click.UsageError(f"{named} cannot be written: no such folder, or it is closed.")
    try:
        data = table.read(Path(path), target, positive, [*dropped, *compared, *_listed(month)])
    except DomainError as refusal:
        raise click.UsageError(str(refusal)) from refusal
    click.echo(data.says(target), err=True)
    how: dict[str, Any] = {"folds": folds, "seed": seed}
    how["tick"] = lambda text: click.echo(text, err=True)
    if expert:
        name = Path(card).stem if card else Path(path).stem
        done = challenger.on_expert(data, scorecard.data_of(expert), name=name, **how)
    else:
        how |= {"protected": compared, "month": month}
        done = training.train(data, name=Path(path).stem, **how)
    for place, what in ((report, done.report), (card, done.card)):
        if place:
            _write(place, json.dumps(what, indent=1) + "\n")
    if model_card:
        _write(model_card, page.as_markdown(done.card, done.report))
    for name in ("rows", "bad", "auc", "ks", "brier", "calibration_error", "lines", "card_hash"):
        click.echo(f"{name:<18} {done.report[name]}")
    for line in page.in_terminal(done.report):
        click.echo(line)


def _listed(*values: str) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


def _write(place: str, text: str) -> None:
    """All of it or nothing."""
    half = Path(f"{place}.{os.getpid()}")
    half.write_text(text, encoding="utf-8")
    half.replace(place)
