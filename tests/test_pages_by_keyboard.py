"""Every page can be used without a mouse and without JavaScript: its forms, fields and links say so."""

from collections import Counter
from html.parser import HTMLParser
from typing import Any

from flask import Flask

from core.db import db as database
from tests.factories.people import sign_in
from tests.test_route_walk import ALLOWED, World, make_world, who_may

FIELDS = {"input", "select", "textarea"}
SPECIMENS = {"styleguide"}  # shows buttons that do nothing


class Page(HTMLParser):
    """What a page offers to whoever has keys only, and what is wrong with it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.wrong: list[str] = []
        self._form: dict[str, bool] | None = None
        self._in_label = 0
        self._outside: set[str] = set()  # forms that a button elsewhere sends
        self._forms: list[tuple[str, str, dict[str, bool]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in given}
        if "id" in at:
            self.ids[at["id"]] += 1
        if int(at.get("tabindex", "0") or 0) > 0:
            self.wrong.append(f"jumps the queue of keys: {at}")
        if tag == "label":
            self._in_label += 1
            self.labels.add(at.get("for", ""))
        elif tag == "form":
            self._form = {"sent": False}
            self._forms.append((at.get("id", ""), at.get("action", ""), self._form))
        elif tag == "a" and at.get("href", "#") in ("", "#"):
            self.wrong.append(f"a link to nowhere: {at}")
        elif tag in FIELDS | {"button"}:
            self._control(tag, at)

    def _control(self, tag: str, at: dict[str, str]) -> None:
        kind = at.get("type", "submit" if tag == "button" else "text")
        if kind in ("submit", "image"):
            self._outside.add(at.get("form", ""))
            if self._form is not None:
                self._form["sent"] = True
        elif tag == "button" and "hidden" not in at:
            self.wrong.append(f"a button that wants JavaScript: {at}")
        elif tag in FIELDS and kind != "hidden":
            named = {"aria-label", "aria-labelledby"} & at.keys()
            if not named and not self._in_label:
                self.fields.append(at)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._in_label -= 1
        elif tag == "form":
            self._form = None

    def complaints(self) -> list[str]:
        """Everything that is wrong."""
        return [
            *self.wrong,
            *(f"{count} things are called #{id}" for id, count in self.ids.items() if count > 1),
            *(f"no label: {at}" for at in self.fields if at.get("id") not in self.labels),
            *(
                f"nothing sends the form to {action}"
                for id, action, form in self._forms
                if not form["sent"] and (not id or id not in self._outside)
            ),
        ]


def test_what_is_looked_for_is_found() -> None:
    bad = """<a href="#">x</a><p id="a"><p id="a"><form action="/x"><input id="b"></form>
             <button type="button">y</button><i tabindex="2"></i>"""
    assert len(Page(bad).complaints()) == 6
    good = """<a href="/">x</a><form id="f"><label for="b">B</label><input id="b">
              <label>C <input name="c"></label></form><button form="f">Send</button>"""
    assert Page(good).complaints() == []


def test_every_page_is_used_by_keys_and_without_script(app: Flask, db: Any) -> None:
    world, found, seen = make_world(), [], 0
    for rule in app.url_map.iter_rules():
        group = who_may(rule)
        if group is None or "GET" not in rule.methods or rule.endpoint in SPECIMENS:
            continue
        seen += _is_page(app, world, rule, sorted(ALLOWED[group])[-1], found)
    assert not found, f"{len(found)} complaints:\n" + "\n".join(found)
    assert seen > 100


def _is_page(app: Flask, world: World, rule: Any, actor: str, found: list[str]) -> bool:
    client = app.test_client()
    if actor in world.people:
        sign_in(client, world.people[actor])
    answer = client.get(world.path(rule))
    database.session.rollback()
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return False
    found += [f"{rule.rule} as {actor}: {said}" for said in Page(answer.text).complaints()]
    return True
