"""Finds a Chromium and opens pages in it the way people do: phone or desk, light or dark, with script or without."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

AXE = Path(__file__).parents[1] / "vendor/axe-core/axe.min.js"
SIZES = {"phone": (375, 812), "desk": (1280, 900)}
_ASK_AXE = """() => axe.run({
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  rules: {"target-size": {enabled: true}},
}).then(found => found.violations.flatMap(
  broken => broken.nodes.map(node => broken.id + ": " + node.target.join(" "))))"""


def find_chromium() -> str:
    """Path of a Chromium; skips the test where there is none, fails under CI=true."""
    names = (os.environ.get("MALL_CHROMIUM", ""), "chromium", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found:
        return found
    why = "no Chromium found: install one or set MALL_CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


@contextmanager
def chromium() -> Iterator[Browser]:
    args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    path = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=args)
        yield browser
        browser.close()


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app's address while a server thread answers for it."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@contextmanager
def opened(
    browser: Browser, url: str, *, size="desk", theme="light", script=True
) -> Iterator[Page]:
    """One page in a fresh browser; `page.said` lists what console and policy complained of."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, java_script_enabled=script
    )
    page = context.new_page()
    page.said = []
    page.on("console", lambda m: m.type in ("error", "warning") and page.said.append(m.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(url, wait_until="load")
    yield page
    context.close()


def barriers(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices, one line a node."""
    page.evaluate(AXE.read_text())
    return page.evaluate(_ASK_AXE)


def scrolls_sideways(page: Page, width: int | None = None) -> bool:
    if width:
        page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
