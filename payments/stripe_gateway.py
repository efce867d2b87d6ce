"""Stripe behind the port; the only file that imports its library."""

import itertools
from collections.abc import Callable, Mapping
from typing import Any

import stripe

from core.errors import InvalidInput
from payments import stripe_answers as answers
from payments.gateway import (
    Answer,
    Charge,
    Fetched,
    Forged,
    Notice,
    PayoutRequest,
    RefundRequest,
    Request,
    Simple,
    Unavailable,
    UsedCard,
)
from payments.rules import words

NAME = "stripe"
_OF_INTENT = ["latest_charge.balance_transaction", "payment_method"]
_OF_SESSION = [f"payment_intent.{name}" for name in _OF_INTENT]
_SEARCHED_MAX = 1000  # pages opened around the same time


class StripeGateway(Simple):
    """On-session payments go to Stripe's hosted page, later ones use the card saved there."""

    name = NAME
    takes_digits = False

    def __init__(
        self, *, secret_key: str, webhook_secret: str, api_base: str, timeout_seconds: int
    ) -> None:
        self._webhook_secret = webhook_secret
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base},
            max_network_retries=1,  # with our own key, so that it is the same request
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
        )

    def save_card(self, person_id: int, number: str, expiry: str, cvc: str) -> UsedCard:
        raise InvalidInput("Cards are entered on Stripe's own page when you pay.")

    def charge(self, request: Charge) -> Answer:
        v1 = self._client.v1
        if request.source:
            params, create = _intent_params(request), v1.payment_intents.create
            return self._ask(request, create, params, answers.of_intent)
        return self._ask(
            request, v1.checkout.sessions.create, _page_params(request), answers.of_session
        )

    def refund(self, request: RefundRequest) -> Answer:
        params = {
            "payment_intent": request.charge_id,
            "amount": request.amount.minor,
            "reason": "requested_by_customer",
            "metadata": {"op": str(request.op_id), "refund": request.refund_number},
        }
        return self._ask(request, self._client.v1.refunds.create, params, answers.of_refund)

    def pay_out(self, request: PayoutRequest) -> Answer:
        params = {
            "amount": request.amount.minor,
            "currency": request.amount.currency.lower(),
            "destination": request.destination,
            "transfer_group": request.payout_number,
            "metadata": {"op": str(request.op_id), "payout": request.payout_number},
        }
        return self._ask(request, self._client.v1.transfers.create, params, answers.of_transfer)

    def _ask(
        self,
        request: Request,
        create: Callable[..., Any],
        params: dict[str, Any],
        read: Callable[[dict[str, Any]], Answer],
    ) -> Answer:
        """Only a definite no is `refused`; whatever leaves the money in doubt is Unavailable."""
        try:
            made = create(params, {"idempotency_key": f"op-{request.op_id}"})
        except stripe.CardError as error:
            return _declined(error)
        except stripe.InvalidRequestError as error:
            code = (error.code or "invalid_request")[:60]
            return Answer("refused", code=code, message=words(code, "refused"))
        except stripe.StripeError as error:
            raise Unavailable(_kind(error)) from error
        return read(made.to_dict())

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        """By its id when we have it, else by the operation in its metadata."""
        try:
            found = self._fetch(object_id) if object_id else self._search(request)
        except stripe.StripeError as error:
            raise Unavailable(_kind(error)) from error
        return found[1] if found else None

    def _search(self, request: Request) -> tuple[int | None, Answer] | None:
        v1, op_id = self._client.v1, request.op_id
        match request:
            case Charge(source=""):
                since = {"gte": int(request.asked_at.timestamp()) - 300}
                recent = {"created": since, "limit": 100}
                return self._ours(v1.checkout.sessions.list(recent), op_id)  # type: ignore[arg-type]
            case Charge():
                query = {"query": f"metadata['op']:'{op_id}'", "limit": 10}
                return self._ours(v1.payment_intents.search(query), op_id)  # type: ignore[arg-type]
            case RefundRequest():
                of_charge = {"payment_intent": request.charge_id, "limit": 100}
                return self._ours(v1.refunds.list(of_charge), op_id)  # type: ignore[arg-type]
            case PayoutRequest():
                group = {"transfer_group": request.payout_number, "limit": 100}
                return self._ours(v1.transfers.list(group), op_id)  # type: ignore[arg-type]
            case _:
                return None

    def _ours(self, things: Any, op_id: int) -> tuple[int | None, Answer] | None:
        for thing in itertools.islice(things.auto_paging_iter(), _SEARCHED_MAX):
            if answers.op_of(thing.to_dict()) == op_id:
                return self._fetch(thing.id)
        return None

    def _fetch(self, object_id: str) -> tuple[int | None, Answer] | None:
        """The object behind an id of Stripe's, read by the kind its prefix tells."""
        v1 = self._client.v1
        match object_id.partition("_")[0]:
            case "cs":
                page = v1.checkout.sessions.retrieve(object_id, {"expand": _OF_SESSION}).to_dict()
                return answers.op_of(page), answers.of_session(page)
            case "pi":
                intent = v1.payment_intents.retrieve(object_id, {"expand": _OF_INTENT}).to_dict()
                return answers.op_of(intent), answers.of_intent(intent)
            case "ch" | "py":
                charge = v1.charges.retrieve(object_id).to_dict()
                return self._fetch(charge.get("payment_intent") or "")
            case "re" | "pyr":
                refund = v1.refunds.retrieve(object_id).to_dict()
                return answers.op_of(refund), answers.of_refund(refund)
            case "tr":
                transfer = v1.transfers.retrieve(object_id).to_dict()
                return answers.op_of(transfer), answers.of_transfer(transfer)
            case _:
                return None

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        if not self._webhook_secret:
            raise Forged("No webhook secret is set: STRIPE_WEBHOOK_SECRET.")
        try:
            event = self._client.construct_event(
                body, headers.get("Stripe-Signature", ""), self._webhook_secret
            ).to_dict()
        except (stripe.SignatureVerificationError, ValueError, KeyError, IndexError):
            raise Forged() from None
        thing = event["data"]["object"]
        return Notice(event["id"], event["type"], str(thing.get("id", "")))

    def fetch(self, notice: Notice) -> Fetched | None:
        try:
            found = self._fetch(notice.object_id)
        except stripe.InvalidRequestError:
            return None  # gone, or of another account
        except stripe.StripeError as error:
            raise Unavailable(_kind(error)) from error
        if found is None or found[0] is None:
            return None
        return Fetched(found[0], found[1])


def _page_params(request: Charge) -> dict[str, Any]:
    """A hosted page for one amount; the card is kept for installments to come."""
    metadata = {"op": str(request.op_id), "purpose": request.purpose, "via": "page"}
    who = {"customer": request.customer} if request.customer else {"customer_creation": "always"}
    line = {
        "quantity": 1,
        "price_data": {
            "currency": request.amount.currency.lower(),
            "unit_amount": request.amount.minor,
            "product_data": {"name": request.description},
        },
    }
    return who | {
        "mode": "payment",
        "line_items": [line],
        "success_url": request.return_url,
        "cancel_url": request.return_url,
        "expires_at": int(request.expires_at.timestamp()),
        "client_reference_id": str(request.op_id),
        "metadata": metadata,
        "payment_intent_data": {
            "metadata": metadata,
            "setup_future_usage": "off_session",
            "description": request.description,
        },
    }


def _intent_params(request: Charge) -> dict[str, Any]:
    """A saved card: confirmed at once, with the shopper there or not."""
    params: dict[str, Any] = {
        "amount": request.amount.minor,
        "currency": request.amount.currency.lower(),
        "payment_method": request.source,
        "confirm": True,
        "description": request.description,
        "metadata": {"op": str(request.op_id), "purpose": request.purpose},
        "expand": _OF_INTENT,
    }
    if request.customer:
        params["customer"] = request.customer
    if request.off_session:
        params["off_session"] = True
    else:
        params["return_url"] = request.return_url
    return params


def _declined(error: stripe.CardError) -> Answer:
    """A card's no, with the id of the intent that stays behind."""
    said = error.error
    code = str((said and said.decline_code) or error.code or "card_declined")[:60]
    intent = getattr(said, "payment_intent", None) if said else None
    object_id = str(getattr(intent, "id", "") or "")
    return Answer("refused", object_id, code=code, message=words(code, "refused"))


def _kind(error: stripe.StripeError) -> str:
    """What kind of trouble it was, without anything the gateway said."""
    return f"{type(error).__name__} {error.http_status or ''}".strip()
