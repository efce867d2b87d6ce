"""Every layout and error page renders, signed in or not, with nothing but its own variables."""

import re

import pytest

from tests.look.site import ROOT, make_site


@pytest.mark.parametrize("layout", ["shop", "console", "bare", "print"])
def test_a_layout_needs_nobody_signed_in_and_no_variables(layout):
    page = make_site(signed_in=False).test_client().get(f"/form/{layout}").text
    assert "The Mall that Lends" in page and 'href="#main"' in page and 'id="main"' in page


@pytest.mark.parametrize("code", [400, 403, 404, 409, 418, 422, 429, 500, 503])
def test_an_error_page_says_what_happened_and_the_way_home(code):
    page = make_site().test_client().get(f"/error/{code}").text
    assert f">{code}<" in page and "Only 2 mugs are left." in page
    assert page.count("<h1>") == 1 and 'href="/"' in page


@pytest.mark.parametrize("part", ["shop", "console", "print"])
def test_the_style_guide_needs_no_database_and_has_one_main_heading(part):
    page = make_site().test_client().get(f"/styleguide?part={part}").text
    assert page.count("<h1>") == 1 and page.count("<main") == 1


def test_a_wrong_answer_is_said_at_its_field_and_counted_on_top():
    client = make_site().test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/form/shop").text)
    answers = {"csrf_token": token[1], "name": "", "country": "de"}
    page = client.post("/form/shop", data=answers).text
    assert 'id="name-error"' in page and 'aria-describedby="name-hint name-error"' in page
    assert "Please look at 4 answers." in page


def test_no_template_of_the_mall_carries_a_style_or_a_script_of_its_own():
    inline = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|<script(?![^>]*(src=|json))""")
    for path in sorted(ROOT.glob("templates/**/*.html")):
        assert not inline.search(path.read_text()), path
