"""The look in a real browser: no barrier, no refused script or style, no sideways scroll, on phone and desk, light and dark."""

import pytest

from tests.look.chromium import SIZES, barriers, opened, scrolls_sideways

pytestmark = pytest.mark.browser
PAGES = [
    "/styleguide",
    "/styleguide?part=console",
    "/styleguide?part=print",
    "/form/bare",
    "/error/404",
]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_barrier_and_breaks_no_policy(browser, site, path, size, theme):
    with opened(browser, site + path, size=size, theme=theme) as page:
        page.wait_for_load_state("networkidle")
        assert page.said == []
        assert not scrolls_sideways(page)
        assert barriers(page) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_fits_the_narrowest_phone(browser, site, path):
    with opened(browser, site + path, size="phone") as page:
        page.wait_for_load_state("networkidle")
        assert not scrolls_sideways(page, width=320)


def test_a_drawing_that_has_not_followed_yet_never_widens_the_page(browser, site):
    with opened(browser, site + "/styleguide?part=console", size="phone") as page:
        page.add_init_script("ResizeObserver.prototype.observe = () => {}")
        page.reload(wait_until="networkidle")
        page.wait_for_selector("[data-chart][data-drawn]")
        assert not scrolls_sideways(page, width=320)


def test_the_first_tab_leads_past_the_header(browser, site):
    with opened(browser, site + "/styleguide") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to content"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["/styleguide", "/styleguide?part=console"])
def test_the_keyboard_reaches_everything_that_can_be_used_and_shows_where_it_is(
    browser, site, path
):
    with opened(browser, site + path) as page:
        reachable = page.evaluate(
            """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
            .filter(e => e.checkVisibility() && !e.disabled && e.type !== "hidden")
            .map((e, at) => (e.dataset.at = at, e.type === "radio" ? "radio " + e.name : at)).length"""
        )
        seen, dim = set(), []
        for _ in range(reachable + 20):
            page.keyboard.press("Tab")
            at, visible = page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e), a = getComputedStyle(e, "::after");
                return [e.dataset.at ?? null, s.outlineStyle !== "none" || a.outlineStyle !== "none"] }"""
            )
            seen.add(at)
            if not visible and at is not None:
                dim.append(at)
        missed = page.evaluate(
            """seen => [...document.querySelectorAll("[data-at]")]
            .filter(e => !seen.includes(e.dataset.at) && e.type !== "radio").map(e => e.outerHTML.slice(0, 90))""",
            list(seen),
        )
        assert missed == []
        assert dim == []


def test_without_script_nothing_is_missing_but_comfort(browser, site):
    with opened(browser, site + "/styleguide?part=console", script=False) as page:
        figure = page.locator("[data-chart]").first
        assert figure.get_by_text("Show the numbers").is_visible()
        figure.locator("summary").click()
        assert figure.get_by_role("rowheader", name="Feb").is_visible()
        assert page.locator("[data-theme-toggle]:visible").count() == 0
        assert page.get_by_role("button", name="Count again").is_visible()
    with opened(browser, site + "/styleguide", script=False) as page:
        assert page.locator("[data-quantity] button:visible").count() == 0
