"""Random kill -9 while people buy: what was promised is there, what was not is absorbed by its key."""

import time
from collections import Counter
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any

import requests
from sqlalchemy import func, select

from core import clock
from core.db import db
from core.use_case import use_case
from mall.catalog.models import Variant
from mall.checkout.models import Checkout, CheckoutState
from mall.orders.models import Order, OrderLine
from payments.models import Payment
from tests.chaos import serving
from tests.chaos.checks import complaints, let_time_pass, work
from tests.chaos.flows import a_card, a_seller, a_shopper, make_product
from tests.chaos.malls import City, Mall
from tests.chaos.processes import ask
from tests.chaos.report import Report
from tests.chaos.serving import Buyer, Served, served, shopping
from tests.chaos.wanted import Wanted

BUYERS, STOCK = 8, 100_000
LATER = (timedelta(minutes=2), timedelta(minutes=30), timedelta(hours=3))


def run(city: City, wanted: Wanted, report: Report) -> None:
    mall, dice = city.mall("stripe load"), Random(wanted.seed)
    shop = ask(mall.app, open_shop)
    with served(mall) as place:
        buyers = enter(place, shop)
        with shopping(buyers):
            wait_for_pages(buyers, 40, seconds=30)
            for _ in range(wanted.rounds(50, 4)):
                wait_for_pages(buyers, dice.randint(2, 16))
                report.count("kill -9 at random under load", place.kill_one(dice))
        wrong = second_clicks(mall, buyers)
    wrong += settle(mall, shop, buyers)
    report.note(f"under load: {said(buyers)}")
    report.lose(f"--only load --seed {wanted.seed}", wrong)


def open_shop() -> dict[str, Any]:
    """One product that never runs out, and people with a saved card."""
    product = make_product(a_seller(), "40.00", stock=STOCK)
    people = [a_shopper() for _ in range(BUYERS)]
    return {
        "slug": product.slug,
        "variant": product.variants[0].id,
        "people": [(str(p.email), f"card:{a_card(p.id).id}") for p in people],
    }


def enter(place: Served, shop: dict[str, Any]) -> list[Buyer]:
    """Everybody has signed in."""
    people = [Buyer(place.base, email, offer, shop["slug"]) for email, offer in shop["people"]]
    return [buyer.sign_in() for buyer in people]


def wait_for_pages(buyers: list[Buyer], count: int, seconds: float = 4) -> None:
    """Until so many more pages were answered, however quick the machine is; or not at all."""
    target = pages(buyers) + count
    deadline = time.monotonic() + seconds
    while pages(buyers) < target and time.monotonic() < deadline:
        time.sleep(0.01)


def pages(buyers: list[Buyer]) -> int:
    return sum(sum(buyer.seen.values()) for buyer in buyers)


def second_clicks(mall: Mall, buyers: list[Buyer]) -> list[str]:
    """Each form that never got its answer is sent again; now it must get one."""
    ask(mall.app, _no_click_is_worked_on)
    serving.PATIENCE, before = 30, serving.PATIENCE
    unheard = []
    try:
        for buyer in buyers:
            forms, buyer.asked = buyer.asked, []
            for form in forms:
                buyer.pay(form)
            unheard += [f"a form got no answer at all: {form['key']}" for form in buyer.asked]
    except requests.RequestException as error:
        unheard.append(f"the second click failed: {error}")
    finally:
        serving.PATIENCE = before
    return unheard


@use_case
def _no_click_is_worked_on() -> None:
    """A minute later: who was killed while working on a click works on it no more."""
    db.session.connection().exec_driver_sql(
        "update idempotency set locked_until = now() - interval '1 second' where state = 'running'"
    )


def settle(mall: Mall, shop: dict[str, Any], buyers: list[Buyer]) -> list[str]:
    """The worker for some hours, then: promises kept, stock right, all clean."""
    now = clock.now()
    for later in LATER:
        ask(mall.app, partial(work, mall), at=now + later)
    told = [number for buyer in buyers for number in buyer.told]
    found = [words for buyer in buyers for words in buyer.wrong]
    found += [] if told else ["nobody bought anything: the test has tested nothing"]
    found += ask(mall.app, partial(_promises, told, shop["variant"]), at=now + LATER[-1])
    return found + ask(mall.app, partial(complaints, mall), at=now + LATER[-1])


def _promises(told: list[str], variant_id: int) -> list[str]:
    """What each buyer was told is committed and paid; units sold are units paid for."""
    let_time_pass()
    query = select(Checkout.number).where(Checkout.state == CheckoutState.PAID)
    paid = set(db.session.scalars(query))
    found = [f"{number} was promised and is not there" for number in told if number not in paid]
    purposes = [f"checkout:{number}" for number in paid]
    rows = select(Payment.purpose, Payment.captured_minor).where(Payment.purpose.in_(purposes))
    captured = {purpose: minor for purpose, minor in db.session.execute(rows)}
    found += [f"{p} is paid without money" for p in purposes if not captured.get(p)]
    sold = select(func.coalesce(func.sum(OrderLine.quantity), 0)).join(Order)
    gone = db.session.scalar(sold.where(Order.paid_at.is_not(None)))
    variant = db.session.get_one(Variant, variant_id)
    if (variant.on_hand, variant.reserved) != (STOCK - (gone or 0), 0):
        found.append(f"{gone} units sold, {variant.on_hand} left, {variant.reserved} held")
    return found


def said(buyers: list[Buyer]) -> str:
    """How many were told what."""
    seen: Counter[int] = sum((buyer.seen for buyer in buyers), Counter())
    answers = ", ".join(f"{status} {count} times" for status, count in sorted(seen.items()))
    return f"{sum(len(b.told) for b in buyers)} purchases were promised; pages answered {answers}"
