"""Where gateways post their notices."""

from flask import Blueprint, abort, request

from payments import gateways, inbox

bp = Blueprint("webhooks", __name__)


@bp.post("/webhooks/<gateway>")
def receive(gateway: str) -> tuple[str, int]:
    """200 once the notice is stored, whatever becomes of it; 400 when it is not signed."""
    if not gateways.serves(gateway):
        abort(404)
    return inbox.receive(gateway, dict(request.headers), request.get_data()), 200
