"""Contracts from the terminal: any disclosure as text or PDF."""

from pathlib import Path

import click
from flask import Flask

from core.errors import NotFound
from finance.collections.cli import finance
from finance.contracts import boxes, documents, paper, queries, showing
from finance.contracts.words import LANGUAGES


def init_app(app: Flask) -> None:
    """Put the command beside the lender's others."""
    finance.add_command(contract)


@click.command("contract")
@click.argument("number")
@click.option(
    "--box", type=click.Choice((*boxes.KEYS, boxes.PRICE)), help="Which disclosure; default: all."
)
@click.option("--lang", type=click.Choice(LANGUAGES), help="Default: the one it was accepted in.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write this file.")
def contract(number: str, box: str | None, lang: str | None, pdf: Path | None) -> None:
    """Show the contract of loan or advance NUMBER as it was accepted."""
    try:
        kept = queries.numbered(number)
    except NotFound:
        raise click.ClickException(f"there is no contract {number}") from None
    papers = boxes.all_of(kept.contract)
    box = box or showing.keys_of(kept.contract)[-1]
    if box not in papers:
        raise click.ClickException(f"of {number} there is {', '.join(papers)}")
    document = showing.kept_document(kept, box, lang or kept.language)
    if pdf:
        pdf.write_bytes(paper.pdf(document))
        click.echo(f"{pdf} written")
        return
    click.echo(documents.as_text(document) + "\n" + "\n".join(document["foot"]))
