"""Features from the terminal, and the page that is written from their definitions."""

from typing import Any

from click.testing import CliRunner

from core import clock
from finance.risk.features import cli, writing
from tests.factories.history import NOW, imported_shop

DAY = clock.day_of(NOW)


def test_the_command_prints_them(app: Any, db: Any) -> None:
    seller_id, _ = imported_shop(db)
    words = ["--subject", f"seller:{seller_id}", "--as-of", str(DAY)]
    said = CliRunner().invoke(cli.features, words).output
    assert "450.00" in said
    assert "refund_rate_90_ppm" in said and "10.0000 %" in said
    assert "not known" in said
    assert (
        "No seller 1 was known"
        in CliRunner().invoke(cli.features, ["--subject", "seller:1"]).output
    )
    assert CliRunner().invoke(cli.features, ["--subject", "shop"]).exit_code == 2


def test_the_page_is_what_the_definitions_say(app: Any) -> None:
    assert cli.PAGE.read_text() == writing.document(), "flask risk features --write-docs"
