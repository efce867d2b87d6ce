"""Opaque tokens: the same thing gives the same token, and nobody can go back from one."""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from flask import current_app

_LENGTH = 32  # hexadecimal digits, 128 bits


@dataclass(frozen=True, slots=True)
class Seen:
    """The device and network a request came from, as tokens; "" where unknown."""

    device: str = ""
    network: str = ""


def token(kind: str, raw: str) -> str:
    """A keyed hash of `raw` among things of this kind; "" of nothing.

    The key comes out of SECRET_KEY, so that a copy of the database alone cannot be searched for a
    known address or device. After a change of the key old and new tokens do not meet.
    """
    cleaned = " ".join(raw.lower().split())
    if not cleaned:
        return ""
    key = sha256(f"traces {current_app.config['SECRET_KEY']}".encode()).digest()
    return hmac.new(key, f"{kind}:{cleaned}".encode(), sha256).hexdigest()[:_LENGTH]


def place(line: str, postcode: str) -> str:
    """Where parcels go: street line and postcode, never a name."""
    return token("place", f"{line} {postcode}") if line.strip() else ""


def network_of(address: str) -> str:
    """The first three of an IPv4 address's four numbers, the first 48 bits of an IPv6 one."""
    head = address.split(":")[:3] if ":" in address else address.split(".")[:3]
    return token("network", ".".join(head)) if address else ""
