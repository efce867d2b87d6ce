"""Files that Stripe keeps for evidence: looked for by our name of each before one is sent."""

import itertools
from io import BytesIO
from typing import Any

from core import ids
from payments.gateway import Evidence

PURPOSE = "dispute_evidence"
_EARLIER = 300  # seconds their clock may be behind ours
_LOOKED_AT_MAX = 1_000


class _Named(BytesIO):
    """Bytes with the name under which they are sent."""

    def __init__(self, body: bytes, name: str) -> None:
        super().__init__(body)
        self.name = name


def uploaded(v1: Any, request: Evidence) -> dict[str, str]:
    """Stripe's ids of the request's files, by field; raises stripe.StripeError.

    A file moves nothing and is found again by its name, which holds our operation: a key of its
    own for each try means that an error kept under one cannot stand in the way for ever.
    """
    if not request.documents:
        return {}
    known = _known(v1, request)
    found = {}
    for document in request.documents:
        if document.name not in known:
            said = {"purpose": PURPOSE, "file": _Named(document.body, document.name)}
            made = v1.files.create(said, {"idempotency_key": f"file-{ids.new_id()}"})
            known[document.name] = made.id
        found[document.field] = known[document.name]
    return found


def _known(v1: Any, request: Evidence) -> dict[str, str]:
    since = int(request.asked_at.timestamp()) - _EARLIER
    listed = v1.files.list({"purpose": PURPOSE, "created": {"gte": since}, "limit": 100})
    made = itertools.islice(listed.auto_paging_iter(), _LOOKED_AT_MAX)
    return {file.filename: file.id for file in made if file.filename}
