"""The card processor as a process of its own, which outlives whoever asks it, and its remote control."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from xmlrpc.client import ServerProxy
from xmlrpc.server import SimpleXMLRPCServer

KINDS = {"charge": "pi", "page": "cs", "refund": "re", "payout": "tr", "reversal": "trr"} | {
    "platform": "po"
}


class Control:
    """What the harness may do to the stand-in; everything travels as JSON."""

    def __init__(self, bank: Any) -> None:
        self._bank = bank

    def do(self, name: str, arguments: str) -> str:
        return json.dumps(getattr(self, f"_{name}")(*json.loads(arguments)))

    def _faults(self, faults: list[str]) -> None:
        self._bank.faults[:] = faults

    def _faults_left(self) -> list[str]:
        return list(self._bank.faults)

    def _bodies(self) -> list[Any]:
        return list(self._bank.bodies)

    def _set(self, name: str, value: Any) -> None:
        setattr(self._bank, name, value)

    def _made(self) -> int:
        return len(self._bank.kept)

    def _things(self, kind: str) -> list[Any]:
        return self._bank.of(kind)

    def _thing(self, thing_id: str) -> Any:
        return self._bank.things[thing_id]

    def _dispute(self, intent_id: str, amount: int, won: bool) -> str:
        """Opened and closed over there."""
        dispute = self._bank.dispute(intent_id, amount)
        self._bank.close_dispute(dispute, won)
        return str(dispute["id"])

    def _open_dispute(self, intent_id: str, amount: int) -> str:
        return str(self._bank.dispute(intent_id, amount)["id"])

    def _close(self, dispute_id: str, won: bool) -> str:
        self._bank.close_dispute(self._bank.things[dispute_id], won)
        return dispute_id

    def _pay_page(self, session_id: str) -> None:
        self._bank.pay_page(session_id)

    def _forget_keys(self) -> None:
        self._bank.kept.clear()


class Gateway:
    """The harness's hand on the stand-in's process."""

    def __init__(self, url: str, control: str) -> None:
        self.url, self._control = url, control

    def do(self, name: str, *arguments: Any) -> Any:
        with ServerProxy(self._control) as proxy:
            return json.loads(str(proxy.do(name, json.dumps(arguments))))

    def objects(self) -> Counter[tuple[int, str]]:
        """How many objects stand there for each (operation, kind)."""
        found: Counter[tuple[int, str]] = Counter()
        for kind, prefix in KINDS.items():
            for thing in self.do("things", prefix):
                hosted = kind == "charge" and thing["metadata"].get("via") == "page"
                if op := thing["metadata"].get("op"):
                    found[int(op), "behind page" if hosted else kind] += 1
        return found

    def wait_until(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise TimeoutError("the gateway was never asked")
            time.sleep(0.003)


@contextmanager
def stand_in() -> Iterator[Gateway]:
    """A stand-in for Stripe in a process that ends with ours."""
    command = [sys.executable, "-m", "tests.chaos.gateway"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    try:
        yield Gateway(*json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(20)
        process.stdout.close()


def main() -> None:
    """Serve until whoever started us is gone."""
    import threading

    from tests.payments.stripe_standin import Server

    server = Server()
    control = SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False, allow_none=True)
    control.register_instance(Control(server.bank))
    threading.Thread(target=control.serve_forever, daemon=True).start()
    print(json.dumps([server.url, f"http://127.0.0.1:{control.server_address[1]}"]), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
