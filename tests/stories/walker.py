"""A person at a real browser: clicks, reads, and notices barriers and complaints on every page."""

import contextvars
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page

from core import clock
from core.db import db
from ledger import audit
from tests.factories.people import PASSWORD
from tests.look.chromium import barriers, opened, served

_FOCUSED = """() => {
  const at = document.activeElement, label = at.labels && at.labels[0];
  return (label ? label.innerText : at.innerText || at.value || "").trim();
}"""


class Walker:
    """One person's browser; every page it comes to says nothing on the console and has no barrier."""

    def __init__(self, page: Page, home: str, *, script: bool) -> None:
        self.page, self.home, self.script = page, home, script

    @property
    def text(self) -> str:
        return " ".join(self.page.inner_text("body").split())

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.home)

    def go(self, path: str) -> "Walker":
        self.page.goto(self.home + path)
        return self._arrived()

    def click(self, words: str, role: Any = "button") -> "Walker":
        """Press what says `words`; a button that asks back is pressed again."""
        found = self.page.get_by_role(role, name=re.compile(f"^{re.escape(words)}")).first
        asks = found.get_attribute("data-confirm") if self.script else None
        handle = found.element_handle()
        assert handle is not None
        if asks:
            handle.click()
        with self.page.expect_navigation():
            handle.click()
        return self._arrived()

    def keys_to(self, words: str) -> "Walker":
        """Press Tab until what says `words`, or whose label does, has the focus."""
        for _ in range(200):
            self.page.keyboard.press("Tab")
            if str(self.page.evaluate(_FOCUSED)).startswith(words):
                return self
        raise AssertionError(f"{self.path}: keys never come to {words!r}")

    def types(self, label: str, value: str) -> "Walker":
        """Come to a field by keys and write into it, over what is there."""
        self.keys_to(label).page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.type(value)
        return self

    def presses(self, words: str) -> "Walker":
        """Come to a button or link by keys and press Enter."""
        self.keys_to(words)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self._arrived()

    def writes(self, answers: dict[str, str]) -> "Walker":
        """Fill in fields by name; of a select the answer is chosen."""
        for name, value in answers.items():
            field = self.page.locator(f"[name={name}]")
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        return self

    def _arrived(self) -> "Walker":
        self.page.wait_for_load_state()
        assert self.page.said == [], f"{self.path}: {self.page.said}"  # type: ignore[attr-defined]
        if self.script:
            found = barriers(self.page)
            assert found == [], f"{self.path}: {found}"
            self.page.said.clear()  # type: ignore[attr-defined] # axe itself upsets the policy
        return self

    def sees(self, *words: str) -> "Walker":
        for said in words:
            assert said in self.text, f"{self.path} does not say {said!r}:\n{self.text[:3000]}"
        return self

    def number(self, path: str) -> str:
        """The number behind the page's first link to `path`."""
        link = self.page.locator(f'a[href^="{path}"]').first.get_attribute("href")
        return str(link).removeprefix(path).partition("?")[0].partition("#")[0]


class Stage:
    """The mall served to a browser, at the story's time and with its pile of jobs."""

    def __init__(self, app: Flask, browser: Browser) -> None:
        self.app, self.browser, self.home = app, browser, ""
        self._context = contextvars.copy_context()

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """One request, in a copy of the story's context: threads have a clock of their own."""
        return self._context.copy().run(self.app.wsgi_app, environ, start_response)

    @contextmanager
    def on(self, when: date | datetime) -> Iterator[None]:
        """What is clicked inside happens then."""
        before = self._context
        with clock.travel(when):
            self._context = contextvars.copy_context()
            yield
        self._context = before

    @contextmanager
    def backstage(self) -> Iterator[None]:
        """Use cases without a page, between clicks."""
        with self.app.app_context():
            yield
            db.session.remove()

    @contextmanager
    def person(self, email: str, *, script: bool = True, size: str = "desk") -> Iterator[Walker]:
        """Someone signs in by hand."""
        with opened(self.browser, f"{self.home}/sign-in", size=size, script=script) as page:
            page.set_default_timeout(15_000)
            walker = Walker(page, self.home, script=script)._arrived()
            page.fill("input[name=email]", email)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            yield walker._arrived()


@contextmanager
def staged(app: Flask, browser: Browser) -> Iterator[Stage]:
    """Served with CSRF tokens on; the book is clean when the story ends."""
    app.config["WTF_CSRF_ENABLED"] = True
    stage = Stage(app, browser)
    with served(stage) as stage.home:  # type: ignore[arg-type]
        yield stage
    with stage.backstage():
        findings = [f for f in audit.run() if not f.ok]
        assert not findings, findings
