"""Twenty-four shoppers confirm at once on five units, through HTTP and two server processes."""

import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from core import jobs
from core.db import db, get
from core.processes import free_port
from mall.catalog.models import Variant
from mall.orders.models import Order
from payments.models import Payment
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, assert_clean, put_in_cart
from tests.factories.people import PASSWORD, make_seller, make_shopper

ROOT = Path(__file__).parent.parent.parent
SHOPPERS, UNITS = 24, 5
CARD = {"card_number": "4242424242424242", "card_expiry": "04/40", "card_cvc": "123"}
SETTINGS = {"SECRET_KEY": "only for this story", "SIGN_IN_LIMIT": "999 per minute"}


@contextmanager
def served(url: str, port: int) -> Iterator[str]:
    """A server process of its own, gone at the end."""
    place = f"127.0.0.1:{port}"
    environment = os.environ | SETTINGS | {"DATABASE_URL": url, "ARGON2_MEMORY_KIB": "64"}
    command = [sys.executable, "-m", "gunicorn", "-b", place, "--threads", "6"]
    process = subprocess.Popen(
        [*command, "--log-level", "error", "wsgi:create_app()"], cwd=ROOT, env=environment
    )
    try:
        _wait_for(f"http://{place}", process)
        yield f"http://{place}"
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(base: str, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert process.poll() is None, "the server ended before it served"
        with suppress(requests.ConnectionError):
            if requests.get(f"{base}/sign-in", timeout=60).ok:
                return
        time.sleep(0.1)
    raise AssertionError(f"{base} does not serve")


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]+)"', i), re.search(r'value="([^"]*)"', i)) for i in inputs]
    return {name[1]: value[1] for name, value in pairs if name and value}


class Shopper:
    """One person's browser; signs in, opens the checkout, and confirms when told."""

    def __init__(self, base: str, email: str) -> None:
        self.base, self.browser = base, requests.Session()
        self.browser.headers["Connection"] = "close"  # the server drops idle ones while we wait
        page = self.browser.get(f"{base}/sign-in", timeout=60).text
        answers = fields(page) | {"email": email, "password": PASSWORD}
        assert self.browser.post(f"{base}/sign-in", data=answers, timeout=60).ok
        self.form = fields(self.browser.get(f"{base}/checkout", timeout=60).text)
        self.form = fields(self._send("update").text)  # the address decides what shipping costs

    def _send(self, action: str) -> requests.Response:
        data = self.form | ADDRESS | CARD | {"offer": "card", "address": "new", "action": action}
        return self.browser.post(f"{self.base}/checkout", data=data, timeout=120)

    def confirm(self) -> str:
        answer = self._send("pay")
        if "Thank you" in answer.text:
            return "bought"
        return "sold out" if "Blue mug is sold out." in answer.text else answer.text


def _prepare(app: Any) -> tuple[int, list[str]]:
    with app.app_context(), jobs.in_this_process():
        mug = make_product(make_seller(), "40.00", stock=UNITS)
        buyers = [make_shopper() for _ in range(SHOPPERS)]
        for buyer in buyers:
            put_in_cart(buyer, mug)
        kept = mug.variants[0].id, [str(buyer.email) for buyer in buyers]
        db.session.remove()
        return kept


@pytest.mark.slow
def test_five_units_make_five_orders(make_database: Any) -> None:
    from tests.conftest import _SETTINGS
    from wsgi import create_app

    url = make_database("oversell")
    app = create_app(_SETTINGS | {"DATABASE_URL": url})
    variant_id, emails = _prepare(app)
    first = free_port(5800)
    with served(url, first) as one, served(url, free_port(first + 1)) as two:
        shoppers = [Shopper((one, two)[i % 2], email) for i, email in enumerate(emails)]
        gate, said = threading.Barrier(SHOPPERS), []

        def run(shopper: Shopper) -> None:
            gate.wait()
            said.append(shopper.confirm())

        threads = [threading.Thread(target=run, args=(shopper,)) for shopper in shoppers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert Counter(said) == {"bought": UNITS, "sold out": SHOPPERS - UNITS}
    with app.app_context():
        paid = db.session.scalars(select(Order)).all()
        assert [order.state for order in paid] == ["paid"] * UNITS
        charged = db.session.scalars(select(Payment)).all()
        assert [payment.captured_minor for payment in charged] == [4600] * UNITS
        variant = get(Variant, variant_id)
        assert (variant.on_hand, variant.reserved) == (0, 0)
        assert_clean()
        db.session.remove()
        db.engine.dispose()
