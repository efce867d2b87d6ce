"""Where gateways post their notices."""

import logging

from flask import Blueprint, abort, request

from payments import gateways, inbox

bp = Blueprint("webhooks", __name__)
log = logging.getLogger(__name__)


@bp.post("/webhooks/<gateway>")
def receive(gateway: str) -> tuple[str, int]:
    """200 once the notice is stored, whatever becomes of it; 400 when it is not signed.

    What breaks while it is applied is ours to mend, not the gateway's: the sweep tries again.
    What could not be stored is sent again: 503, or whatever went wrong.
    """
    if not gateways.serves(gateway):
        abort(404)
    notice = inbox.take(gateway, dict(request.headers), request.get_data())
    if notice is None:
        return "repeated", 200
    try:
        return inbox.apply_notice(gateway, notice), 200
    except Exception:
        log.exception("a notice of %s could not be applied", gateway)
        return "waiting", 200
