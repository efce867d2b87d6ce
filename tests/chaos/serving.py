"""The mall as it runs: a web server with its processes, a worker, and people who buy over HTTP."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests

from core.processes import free_port
from tests.chaos.malls import SETTINGS, STRIPE_SETTINGS, Mall
from tests.factories.orders import ADDRESS
from tests.factories.people import PASSWORD

ROOT = Path(__file__).parent.parent.parent
WEB_PROCESSES, THREADS = 2, 12
PATIENCE = 12  # seconds a browser waits for an answer
AWAY = (502, 503, 504, 409)  # come back later; 409: the first click is still being worked on


@dataclass
class Served:
    """A mall that answers at `base`; whatever is killed is started anew."""

    base: str
    master: "subprocess.Popen[bytes]"
    command: list[str]
    environment: dict[str, str]
    worker: "subprocess.Popen[bytes]"
    log: Path

    def words(self) -> str:
        """What the mall's own log says of the last page that broke."""
        said = self.log.read_text(errors="replace")
        place = max(said.rfind("Exception on"), said.rfind("Error handling request"))
        return said[place:][:6000] if place >= 0 else ""

    def web_processes(self) -> list[int]:
        """The processes that answer, not the one that starts them."""
        children = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def kill_one(self, dice: Random) -> str:
        """kill -9 of one process; what it was."""
        web = self.web_processes()
        if dice.random() < 0.3 or not web:
            self.worker.kill()
            self.worker.wait()
            self.worker = _started(self.command, self.environment, None)
            return "worker"
        with suppress(ProcessLookupError):
            os.kill(dice.choice(web), signal.SIGKILL)
        return "web process"

    def revive_worker(self) -> None:
        if self.worker.poll() is not None:
            self.worker = _started(self.command, self.environment, None)


def _started(
    command: list[str], environment: dict[str, str], log: Path | None
) -> "subprocess.Popen[bytes]":
    with (log or Path(os.devnull)).open("ab") as file:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=file)


@contextmanager
def served(mall: Mall) -> Iterator[Served]:
    """Serve this mall until the block ends; then everything is killed, in the midst of it."""
    settings = SETTINGS | {"DATABASE_URL": mall.url, "GATEWAY_TIMEOUT_SECONDS": 5}
    if mall.gateway:
        settings |= STRIPE_SETTINGS | {"STRIPE_API_BASE": mall.gateway.url}
    environment = os.environ | {name: str(value) for name, value in settings.items()}
    port = free_port(6200)
    web = [sys.executable, "-m", "gunicorn", "--preload", "-b", f"127.0.0.1:{port}"]
    web += ["--workers", str(WEB_PROCESSES), "--threads", str(THREADS), "--no-control-socket"]
    web += ["--timeout", "60", "wsgi:create_app()"]
    worker = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    log = Path(tempfile.mkstemp(prefix="mall-chaos-", suffix=".log")[1])
    place = Served(
        f"http://127.0.0.1:{port}",
        _started(web, environment, log),
        worker,
        environment,
        _started(worker, environment, None),
        log,
    )
    try:
        _wait_for(place)
        yield place
    finally:
        for pid in place.web_processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for process in (place.master, place.worker):
            process.kill()
            process.wait()
        log.unlink()


def _wait_for(place: Served) -> None:
    for _ in range(600):
        assert place.master.poll() is None, "the web server ended before it served"
        with suppress(requests.RequestException):
            if requests.get(f"{place.base}/healthz", timeout=20).ok:
                return
        time.sleep(0.1)
    raise AssertionError(f"{place.base} does not serve")


@dataclass
class Buyer:
    """One person's browser: buys again and again, and remembers what was promised.

    told   numbers of checkouts whose page said that they are paid
    asked  forms whose answer never came: to be sent again later
    """

    base: str
    email: str
    offer: str
    slug: str
    told: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    seen: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    browser: requests.Session = field(default_factory=requests.Session)

    def sign_in(self) -> "Buyer":
        page = self._get("/sign-in")
        answers = fields(page) | {"email": self.email, "password": PASSWORD}
        assert self._post("/sign-in", answers) is not None
        return self

    def live(self, over: threading.Event) -> None:
        """Buy until told that it is over."""
        while not over.is_set():
            try:
                self.buy()
            except (requests.RequestException, KeyError):
                time.sleep(0.1)  # somebody was killed while a page was on its way: start again

    def buy(self) -> None:
        added = fields(self._get(f"/p/{self.slug}"))
        self._post("/cart/add", added | {"quantity": "1"})
        form = fields(self._get("/checkout"))
        page = self._post("/checkout", form | self._answers("update"))
        if page is not None and "seen_total" in (form := fields(page)):
            self.pay(form | self._answers("pay"))

    def _answers(self, action: str) -> dict[str, str]:
        return ADDRESS | {"address": "new", "offer": self.offer, "action": action}

    def pay(self, form: dict[str, str]) -> None:
        """Click, and click again when no answer comes; then leave it for later."""
        for _ in range(2):
            try:
                page = self._post("/checkout", form)
            except requests.RequestException:
                continue
            if page is not None:
                self._read(page)
                return
        self.asked.append(form)

    def _read(self, page: str) -> None:
        if "Thank you, your order is paid" in page:
            self.told.append(self.at.rpartition("/")[2])
        elif "/checkout/" not in self.at:
            return  # the cart was empty: another click of ours had bought it

    def _get(self, path: str) -> str:
        return self._take(self.browser.get(self.base + path, timeout=PATIENCE)) or ""

    def _post(self, path: str, data: dict[str, str]) -> str | None:
        return self._take(self.browser.post(self.base + path, data=data, timeout=PATIENCE))

    def _take(self, answer: requests.Response) -> str | None:
        """The page; None when the mall says to come back later."""
        self.seen[answer.status_code] += 1
        self.at = answer.url.partition("?")[0]
        if answer.status_code in AWAY:
            if answer.status_code == 503 and "We are back in a moment" not in answer.text:
                self.wrong.append(f"{self.at} says 503 without the page for it")
            time.sleep(0.1)  # nobody reloads quicker
            return None
        if answer.status_code >= 500:
            self.wrong.append(f"{self.at} answered {answer.status_code}")
        return answer.text


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms."""
    inputs = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]+)"', i), re.search(r'value="([^"]*)"', i)) for i in inputs]
    return {name[1]: value[1] for name, value in pairs if name and value}


@contextmanager
def shopping(buyers: list[Buyer]) -> Iterator[None]:
    """Everybody buys at once until the block ends."""
    over = threading.Event()
    threads = [threading.Thread(target=buyer.live, args=(over,), daemon=True) for buyer in buyers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(60)
