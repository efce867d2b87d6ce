"""The stand-in listening on a port of this machine, and what goes wrong on the way."""

import email
import json
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.payments.stripe_standin.schema import decoded, form_of
from tests.payments.stripe_standin.sending import StripeStandIn
from tests.payments.stripe_standin.store import SORRY, Refusal, Thing

FAULTS = (
    "drop_before",  # never arrives
    "drop_after",  # is done, the answer gets lost
    "500_before",  # not done, not kept
    "500_after",  # is done; an error on the way back, the key knows the result
    "500_sticky",  # is done; the key answers with an error for ever
    "500_kept",  # not done; the key answers with an error for ever
    "429",
    "409",
    "slow",  # is done, the answer comes after the time-out
)


class FaultyBank(StripeStandIn):
    """`faults` go wrong with the next POSTs, first come first hit; `faults_at` by address."""

    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.faults_at: dict[str, list[str]] = defaultdict(list)
        self.slow_seconds = 2.0

    def fault_at(self, where: str, *faults: str) -> None:
        """`where` is such as `POST /v1/transfers/*/reversals`."""
        self.faults_at[where] += faults

    def next_fault(self, method: str, path: str) -> str:
        waiting = self.faults_at[f"{method} {form_of(path)}"]
        if waiting:
            return waiting.pop(0)
        return self.faults.pop(0) if method == "POST" and self.faults else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    bank: FaultyBank

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        form = self._form(self.rfile.read(length))
        path = urlsplit(self.path).path
        fault = self.bank.next_fault("POST", path)
        if fault == "drop_before":
            self.close_connection = True
            self.connection.close()
        elif fault in ("429", "409", "500_before"):
            self._say(int(fault[:3]), SORRY)
        elif fault == "500_kept":
            self.bank.keep_500(self._account, path, form, self._key)
            self._say(500, SORRY)
        else:
            self._make(path, form, fault)

    def _form(self, body: bytes) -> Thing:
        """What was sent; of a file its name, its size and its bytes as text."""
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/form-data"):
            return decoded(parse_qsl(body.decode(), keep_blank_values=True))
        head = f"Content-Type: {kind}\r\n\r\n".encode()
        form: Thing = {}
        for part in email.message_from_bytes(head + body).get_payload():
            name = part.get_param("name", header="content-disposition")
            value = part.get_payload(decode=True)
            filename = part.get_filename()
            text = value.decode("latin-1")
            form[name] = {"filename": filename, "text": text} if filename else text
        return form

    @property
    def _key(self) -> str:
        return self.headers.get("Idempotency-Key", "")

    @property
    def _account(self) -> str:
        return self.headers.get("Stripe-Account", "")

    def _make(self, path: str, form: Thing, fault: str) -> None:
        try:
            status, body = self.bank.post(path, form, self._key, self._account)
        except Refusal as refusal:
            status, body = refusal.status, refusal.body
        if fault in ("500_after", "500_sticky"):
            status, body = 500, SORRY
        if fault == "500_sticky":
            self.bank.keep_500(self._account, path, form, self._key)
        if fault == "slow":
            time.sleep(self.bank.slow_seconds)
        if fault == "drop_after":
            self.close_connection = True
            self.connection.close()
        else:
            self._say(status, body)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if self.bank.next_fault("GET", url.path):
            self._say(500, SORRY)
            return
        try:
            query = decoded(parse_qsl(url.query, keep_blank_values=True))
            self._say(200, self.bank.get(url.path, query, self._account))
        except Refusal as refusal:
            self._say(refusal.status, refusal.body)

    def _say(self, status: int, body: Thing) -> None:
        data = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Stripe-Should-Retry", "false")
            self.end_headers()
            self.wfile.write(data)
        except OSError:
            self.close_connection = True  # the client has hung up

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class Server:
    """A bank of its own on a free port."""

    def __init__(self) -> None:
        self.bank = FaultyBank()
        handler = type("Handler", (_Handler,), {"bank": self.bank})
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()
