"""Messages: someone who was told something."""

from itertools import count
from typing import Any

from core import messages
from core.messages import reading
from core.messages.models import Message
from core.use_case import use_case

_number = count(1)


def told(person_id: int, *, link: str = "/account/orders", **more: Any) -> Message:
    """One more message to this person, about a parcel."""
    facts = {"number": "O-1", "shop": "Teas & Sons", "carrier": "", "tracking": ""}

    @use_case
    def tell() -> None:
        key = f"told:{next(_number)}"
        messages.send(person_id, "order_sent", key=key, link=link, **(facts | more))

    tell()
    return newest(person_id)


def newest(person_id: int) -> Message:
    """The last that this person was told."""
    return reading.messages_of(person_id)[0]


def told_kinds(person_id: int) -> set[str]:
    """Kinds of what this person was told."""
    return {each.kind for each in reading.messages_of(person_id)}


def subjects(person_id: int) -> list[str]:
    """What this person was told, the newest first."""
    return [each.subject for each in reading.messages_of(person_id)]
