"""What we ask of Stripe, as the parameters of its pinned API version; pure."""

from typing import Any

from payments.gateway import (
    Capture,
    Charge,
    Evidence,
    OpenAccount,
    PayoutRequest,
    PlatformPayout,
    RefundRequest,
    Reversal,
)

Params = dict[str, Any]
OF_INTENT = ["latest_charge.balance_transaction", "payment_method"]
OF_SESSION = [
    *(f"payment_intent.{name}" for name in OF_INTENT),
    "setup_intent.payment_method",
]


def page(request: Charge) -> Params:
    """A hosted page for one amount; the card is kept for installments to come."""
    metadata = {"op": str(request.op_id), "purpose": request.purpose, "via": "page"}
    line = {
        "quantity": 1,
        "price_data": {
            "currency": request.amount.currency.lower(),
            "unit_amount": request.amount.minor,
            "product_data": {"name": request.description},
        },
    }
    return _payer(request.customer) | {
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
            "transfer_group": request.purpose,
        }
        | _capture(request),
    }


def intent(request: Charge) -> Params:
    """A saved card: confirmed at once, with the shopper there, away, or on the telephone."""
    params: Params = {
        "amount": request.amount.minor,
        "currency": request.amount.currency.lower(),
        "payment_method": request.source,
        "confirm": True,
        "description": request.description,
        "metadata": {"op": str(request.op_id), "purpose": request.purpose},
        "transfer_group": request.purpose,
        "expand": OF_INTENT,
    } | _capture(request)
    if request.customer:
        params["customer"] = request.customer
    if request.moto:
        params["payment_method_options"] = {"card": {"moto": True}}
    if request.off_session or request.moto:
        params["off_session"] = request.off_session
        params["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "never"}
    else:
        params["return_url"] = request.return_url
    return params


def _payer(customer: str) -> Params:
    return {"customer": customer} if customer else {"customer_creation": "always"}


def _capture(request: Charge) -> Params:
    return {"capture_method": "manual"} if request.capture == "manual" else {}


def refund(request: RefundRequest) -> Params:
    return {
        "payment_intent": request.charge_id,
        "amount": request.amount.minor,
        "reason": "requested_by_customer",
        "metadata": {"op": str(request.op_id), "refund": request.refund_number},
    }


def transfer(request: PayoutRequest, charge: str) -> Params:
    """Out of one `charge` (ch_…), whose group it then has, or out of the balance."""
    from_where = {"source_transaction": charge} if charge else {}
    group = {} if charge else {"transfer_group": request.payout_number}
    return (
        from_where
        | group
        | {
            "amount": request.amount.minor,
            "currency": request.amount.currency.lower(),
            "destination": request.destination,
            "metadata": {"op": str(request.op_id), "payout": request.payout_number},
        }
    )


def reversal(request: Reversal) -> Params:
    return {
        "amount": request.amount.minor,
        "metadata": {"op": str(request.op_id), "payout": request.payout_number},
    }


def payout(request: PlatformPayout) -> Params:
    return {
        "amount": request.amount.minor,
        "currency": request.amount.currency.lower(),
        "metadata": {"op": str(request.op_id), "payout": request.number},
    }


def evidence(request: Evidence) -> Params:
    return {
        "evidence": request.fields,
        "submit": request.submit,
        "metadata": {"op": str(request.op_id)},
    }


def setup_page(op_id: int, person_id: int, return_url: str, customer: str, currency: str) -> Params:
    """A hosted page that saves a card without paying."""
    metadata = {"op": str(op_id), "person": str(person_id)}
    return _payer(customer) | {
        "mode": "setup",
        "currency": currency.lower(),
        "success_url": return_url,
        "cancel_url": return_url,
        "metadata": metadata,
        "setup_intent_data": {"metadata": metadata},
    }


def account(request: OpenAccount) -> Params:
    """A seller's account: our fees and our risk, Stripe's own pages for the rest."""
    where = {"country": request.country} if request.country else {}  # else the mall's own
    return where | {
        "email": request.email,
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "requirement_collection": "stripe",
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {"transfers": {"requested": True}},
        "metadata": {"op": str(request.op_id), "seller": str(request.seller_id)},
    }


def account_link(account_id: str, return_url: str) -> Params:
    return {
        "account": account_id,
        "type": "account_onboarding",
        "refresh_url": return_url,
        "return_url": return_url,
    }


CANCEL: Params = {"cancellation_reason": "requested_by_customer", "expand": OF_INTENT}


def capture(request: Capture) -> Params:
    """The rest is let go; the operation stands beside that of the charge in the metadata."""
    return {
        "amount_to_capture": request.amount.minor,
        "metadata": {"capture": str(request.op_id)},
        "expand": OF_INTENT,
    }
