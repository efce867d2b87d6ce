"""Stories run with CSRF tokens and the ladder of capital on, as people meet the mall."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from ledger import audit
from tests.stories.visitor import Visitor


@pytest.fixture
def visit(app: Flask, db: Any) -> Iterator[Callable[[], Visitor]]:
    """Make a visitor with cookies of their own; the book is clean when the story ends."""
    usual = app.config["WTF_CSRF_ENABLED"], app.config["CAPITAL_LADDER"]
    app.config |= {"WTF_CSRF_ENABLED": True, "CAPITAL_LADDER": True}
    try:
        yield lambda: Visitor(app.test_client())
        findings = [f for f in audit.run() if not f.ok]
        assert not findings, findings
    finally:
        app.config["WTF_CSRF_ENABLED"], app.config["CAPITAL_LADDER"] = usual
