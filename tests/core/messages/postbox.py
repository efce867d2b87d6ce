"""A small mail server over real sockets that can misbehave, by whom a letter is for.

grey@      450 the first time          full@   452 always
nobody@    550 always                  spam@   554 after the text
lost@      takes the letter and hangs up without a word, the first time
slow@      takes the letter and is silent longer than anyone waits, the first time
"""

import email
import email.policy
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

SILENCE = 1.5  # seconds; those who are tested wait one


class Postbox(socketserver.ThreadingTCPServer):
    """`taken` are the letters it answered for or took in silence, in order."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.asked: Counter[str] = Counter()
        self.connections = 0
        self.busy = False  # greets with 421
        self.letters_max = 1_000  # hangs up after so many a connection
        super().__init__(("127.0.0.1", 0), _Talk)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def ids(self, to: str) -> list[str]:
        return [str(mail["Message-ID"]) for whom, mail in self.taken if whom == to]


class _Talk(socketserver.StreamRequestHandler):
    server: Postbox

    def say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def handle(self) -> None:
        try:
            self._talk()
        except OSError:
            pass

    def _talk(self) -> None:
        self.server.connections += 1
        if self.server.busy:
            return self.say("421 too busy")
        self.say("220 postbox")
        letters, to = 0, ""
        while line := self.rfile.readline().decode().strip():
            word = line.upper()
            if word.startswith("RCPT"):
                to = line.partition("<")[2].partition(">")[0]
                self.say(self._about(to))
            elif word == "DATA":
                self.say("354 go on")
                if not self._take(to):
                    return None
                letters += 1
                if letters >= self.server.letters_max:
                    return None
            elif word == "QUIT":
                return self.say("221 bye")
            else:
                self.say("250 fine")
        return None

    def _about(self, to: str) -> str:
        self.server.asked[to] += 1
        first = self.server.asked[to] == 1
        if to.startswith("grey@") and first:
            return "450 try again later"
        if to.startswith("full@"):
            return "452 mailbox full"
        return "550 no such user" if to.startswith("nobody@") else "250 fine"

    def _take(self, to: str) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if to.startswith("spam@"):
            self.say("554 we do not want this")
            return True
        mail: Any = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.taken.append((to, mail))
        first = self.server.asked[to] == 1
        if to.startswith("lost@") and first:
            return False
        if to.startswith("slow@") and first:
            time.sleep(SILENCE)
            return False
        self.say("250 taken")
        return True


@contextmanager
def postbox() -> Iterator[Postbox]:
    """A server that listens until the end of the block."""
    with Postbox() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
