"""B4 once in a real browser: opened, drawn, billed, paid, converted; by script and without, no barriers."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from core.jobs import Pile
from finance.collections.services import run_day
from tests.factories.goods import make_product
from tests.factories.orders import ADDRESS, saved_card
from tests.stories.cast import START, make_regular, make_shop
from tests.stories.walker import Stage, Walker, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def stage(committed_app: Any, browser: Any) -> Iterator[Stage]:
    with staged(committed_app, browser) as stage:
        yield stage


def _buy_on_the_line(me: Walker, path: str) -> None:
    me.go(path).click("Add to cart")
    me.go("/cart").click("Go to checkout", "link").writes(ADDRESS)
    me.page.locator('input[value="pickup"]').check(force=True)
    me.click("Update the total").sees("Mall credit")
    ways = me.page.locator("input[name=offer]")
    assert ways.first.is_checked() and str(ways.first.get_attribute("value")).startswith("card")
    me.page.locator('input[value="mall_credit:line"]').check(force=True)
    me.page.locator("input[name=agree]").check(force=True)
    me.click("Pay and order").sees("Thank you")


def _by_keyboard(me: Walker, words: str) -> None:
    """Tab to the button that says so, and press Enter."""
    for _ in range(90):
        me.page.keyboard.press("Tab")
        if me.page.evaluate("document.activeElement.textContent.trim()") == words:
            break
    with me.page.expect_navigation():
        me.page.keyboard.press("Enter")
    me._arrived()


@pytest.mark.parametrize(("script", "size"), [(False, "phone"), (True, "desk")])
def test_a_line_from_its_offer_to_a_plan(stage: Stage, script: bool, size: str, pile: Pile) -> None:
    with stage.on(START), stage.backstage():
        path = f"/p/{make_product(make_shop(), '300.00', title='Aster phone').slug}"
        saved_card(make_regular().id)
    with stage.person("regular@example.com", script=script, size=size) as me:
        with stage.on(START):
            me.go("/account/credit").click("See what it would be", "link")
            me.sees("A limit of", "18.25 % in a year")
            me.page.fill("input[name=ceiling]", "1000.00")
            _by_keyboard(me, "Open the line")
            me.sees("Your line is open", "¥0.00 of ¥1,000.00")
            line = me.path.rpartition("/")[2]
        with stage.on(START + timedelta(2)):
            _buy_on_the_line(me, path)
        closing = date(2026, 4, 10)
        with stage.on(closing):
            with stage.backstage():
                run_day(closing)
            me.go(f"/account/line/{line}/statements/1").sees("¥300.00", "The least is ¥30.00")
            me.click("Pay", "link")
            me.page.locator('input[name="kind"][value="least"]').check(force=True)
            _by_keyboard(me, "Pay")
            me.sees("it is paid", "¥270.00")
            me.click("Pay in parts", "link").sees("¥91.35", "¥274.05")
            me.click("Pay it in 3 payments").sees("is paid in 3 payments now")
            me.click("Details", "link").sees("Now a plan in equal payments", line)
            me.go("/account/").sees("Mall credit")
