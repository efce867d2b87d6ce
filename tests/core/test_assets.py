"""A page's stylesheet is one request, kept for ever, and moves when a word of it changes."""

import gzip
import re
from pathlib import Path

import pytest

from core.assets import Shelf, joined

STATIC = Path(__file__).parents[2] / "static"
FOR_EVER = "public, max-age=31536000, immutable"


def stylesheet_of(page: str) -> str:
    found = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert len(found) == 1
    return found[0]


def test_every_page_asks_for_one_stylesheet_and_may_keep_it(client):
    for path in ("/", "/sign-in", "/styleguide", "/no/such/page"):
        address = stylesheet_of(client.get(path).text)
        assert re.fullmatch(r"/static/css/app\.[0-9a-f]{12}\.css", address)
    answer = client.get(address)
    assert answer.headers["Cache-Control"] == FOR_EVER
    assert answer.content_type.startswith("text/css")
    assert "@import" not in answer.text and ".button" in answer.text


def test_every_file_a_page_names_is_there_and_kept(client):
    page = client.get("/styleguide").text
    named = set(re.findall(r'(?:src|href|data-library)="(/static/[^"#]+)', page))
    assert len(named) >= 9
    for address in named:
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, FOR_EVER), address


def test_texts_travel_small_where_the_browser_allows_it(client):
    address = stylesheet_of(client.get("/styleguide").text)
    small = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    plain = client.get(address)
    assert small.headers["Content-Encoding"] == "gzip" and small.headers["Vary"]
    assert gzip.decompress(small.data) == plain.data and len(small.data) < len(plain.data) / 3
    assert client.head(address).data == b""


def test_yesterdays_page_gets_todays_file_but_may_not_keep_it(client):
    answer = client.get("/static/css/app.000000000000.css")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


@pytest.mark.parametrize("name", ["../wsgi.0123456789ab.py", "css/none.0123456789ab.css"])
def test_nothing_outside_the_static_files_is_served(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_another_content_has_another_address(tmp_path):
    (tmp_path / "a.css").write_text('@layer one;\n@import url("b.css") layer(one);\np { top: 0 }\n')
    (tmp_path / "b.css").write_text("b { top: 1px }\n")
    shelf = Shelf(tmp_path)
    before = shelf.address("a.css")
    assert shelf.address("a.css") == before
    (tmp_path / "b.css").write_text("b { top: 2px }\n")
    assert shelf.address("a.css") != before
    with pytest.raises(FileNotFoundError, match=r"static/c\.css"):
        shelf.address("c.css")


def test_imports_are_joined_in_their_order_and_layers(tmp_path):
    (tmp_path / "a.css").write_text('@import url("b.css") layer(one);\np { top: 0 }\n')
    (tmp_path / "b.css").write_text("b { top: 1px }\n")
    assert joined(tmp_path / "a.css") == "@layer one {\nb { top: 1px }\n}\n\np { top: 0 }\n"
    assert joined(STATIC / "css/app.css").count("@layer components {") >= 10
