"""Loans from the terminal."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from finance.loans.verifying import verify
from finance.products.page import as_markdown, renewed


@click.command("verify")
@with_appcontext
def verify_command() -> None:
    """Recompute every loan from its events; exit 1 when rows, limits or the book differ."""
    found = verify()
    for word in found.wrong:
        click.echo(word)
    click.echo(f"{found.loans} loans recomputed, {len(found.wrong)} differences.")
    sys.exit(1 if found.wrong else 0)


@click.command("products")
@click.option("--write", "page", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def products_command(page: Path | None) -> None:
    """The figures of every product, or the page (docs/products.md) with them written anew."""
    if page is None:
        click.echo(as_markdown())
        return
    page.write_text(renewed(page.read_text()))


def add_to(group: click.Group) -> None:
    """Give `group` (flask finance) these commands."""
    group.add_command(verify_command)
    group.add_command(products_command)
