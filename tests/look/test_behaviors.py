"""The little scripts: each does one thing, and the page's policy allows it."""

import pytest

from tests.look.chromium import opened

pytestmark = pytest.mark.browser
PAPER = "getComputedStyle(document.documentElement).backgroundColor"


def test_the_theme_is_switched_and_remembered(browser, site):
    with opened(browser, site + "/styleguide") as page:
        light = page.evaluate(PAPER)
        page.get_by_role("button", name="Switch between light and dark").click()
        dark = page.evaluate(PAPER)
        assert dark != light
        page.goto(site + "/error/404")
        assert page.evaluate(PAPER) == dark


def test_a_menu_closes_on_escape_and_gives_the_focus_back(browser, site):
    with opened(browser, site + "/styleguide") as page:
        page.locator("summary", has_text="Ines").click()
        assert page.get_by_role("link", name="Your account").is_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Escape")
        assert not page.get_by_role("link", name="Your account").is_visible()
        assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_a_dangerous_button_asks_before_it_acts(browser, site):
    with opened(browser, site + "/styleguide") as page:
        page.get_by_role("button", name="Remove").click()
        assert page.url.endswith("/styleguide")
        with page.expect_navigation(url="**/cart/2"):
            page.get_by_role("button", name="Really remove?").click()


def test_plus_and_minus_stop_at_the_ends(browser, site):
    with opened(browser, site + "/styleguide") as page:
        box = page.get_by_role("group", name="Quantity")
        for _ in range(9):
            box.get_by_role("button", name="One more").click()
        assert box.get_by_role("spinbutton").input_value() == "5"
        box.get_by_role("button", name="One less").click()
        assert box.get_by_role("spinbutton").input_value() == "4"


def test_a_slider_says_its_value_and_the_server_counts_again(browser, site):
    with opened(browser, site + "/styleguide?part=console") as page:
        slider = page.get_by_role("slider", name="Amount")
        slider.focus()
        page.keyboard.press("ArrowRight")
        assert page.locator("output").inner_text() == "¥51,000"
        assert slider.get_attribute("aria-valuetext") == "¥51,000"
        page.get_by_text("The server counted 5100000.").wait_for()


def test_a_chart_is_drawn_and_drawn_again_in_the_other_theme(browser, site):
    ink = "document.querySelector('[data-chart] canvas').toDataURL()"
    with opened(browser, site + "/styleguide?part=console") as page:
        page.locator("[data-chart][data-drawn]").nth(1).wait_for()
        before = page.evaluate(ink)
        page.get_by_role("button", name="Switch between light and dark").click()
        page.wait_for_function(f"before => {ink} !== before", arg=before)
        assert page.said == []
