"""Where gateways post their notices."""

import logging

from flask import Blueprint, abort, request

from core.errors import DomainError
from payments import gateways, inbox

bp = Blueprint("webhooks", __name__)
log = logging.getLogger(__name__)


@bp.post("/webhooks/<gateway>")
def receive(gateway: str) -> tuple[str, int]:
    """200 once the notice is stored, whatever becomes of it; 400 when it is not signed.

    What breaks while it is applied is ours to mend, not the gateway's: the sweep tries again.
    """
    if not gateways.serves(gateway):
        abort(404)
    try:
        return inbox.receive(gateway, dict(request.headers), request.get_data()), 200
    except DomainError:
        raise
    except Exception:
        log.exception("a notice of %s could not be applied", gateway)
        return "waiting", 200
