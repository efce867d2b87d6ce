"""Charges: hosted pages, intents on and off session, holds, refunds, disputes of them."""

from contextlib import suppress
from typing import Any

from tests.payments.stripe_standin.store import Refusal, Store, Thing


class Paying(Store):
    """The side where money comes in. `decline` is the decline code of the next intents."""

    def __init__(self) -> None:
        super().__init__()
        self.decline = ""
        self.authenticate = False
        self.refund_status = "succeeded"

    # -- pages

    def session(self, form: Thing) -> Thing:
        setup = form["mode"] == "setup"
        if not form["success_url"].startswith("http"):
            raise Refusal(400, "invalid_request_error", "parameter_invalid", param="success_url")
        if setup and "currency" not in form:
            raise Refusal(400, "invalid_request_error", "parameter_missing", param="currency")
        if not setup and not 1800 <= int(form["expires_at"]) - self.now() <= 86400:
            raise Refusal(400, "invalid_request_error", "parameter_invalid", param="expires_at")
        price = {} if setup else form["line_items"][0]["price_data"]
        made = self.new(
            "cs",
            object="checkout.session",
            mode=form["mode"],
            status="open",
            payment_status="unpaid",
            amount_total=int(price.get("unit_amount", 0)),
            currency=price.get("currency") or form["currency"],
            customer=form.get("customer"),
            metadata=form["metadata"],
            payment_intent=None,
            setup_intent=None,
            _inner=form.get("setup_intent_data" if setup else "payment_intent_data", {}),
        )
        return self._keep(made, url=f"https://checkout.stripe.com/c/{made['id']}")

    def _keep(self, thing: Thing, **values: Any) -> Thing:
        thing |= values
        return thing

    def pay_page(self, session_id: str) -> Thing:
        """The shopper pays (or saves a card) on the hosted page."""
        session = self.things[session_id]
        customer = session["customer"] or self.new("cus")["id"]
        if session["mode"] == "setup":
            method = self.method(f"pm_{session_id}", customer)
            setup = self.new("seti", object="setup_intent", status="succeeded", customer=customer)
            setup |= {"payment_method": method["id"], "metadata": session["_inner"]["metadata"]}
            session |= {"status": "complete", "setup_intent": setup["id"], "customer": customer}
            self.tell("setup_intent.succeeded", setup)
        else:
            intent = self.intent(self._form_of(session, customer))
            took = intent["status"] == "succeeded"
            session |= {"status": "complete", "payment_intent": intent["id"]}
            session |= {"payment_status": "paid" if took else "unpaid", "customer": customer}
        self.tell("checkout.session.completed", session)
        return session

    def fail_page(self, session_id: str) -> Thing:
        """The shopper's card is declined there; the page stays open for another."""
        self.decline = "generic_decline"
        with suppress(Refusal):
            self.intent(self._form_of(self.things[session_id], "cus_1"))
        self.decline = ""
        return self.of("pi")[0]

    def _form_of(self, session: Thing, customer: str) -> Thing:
        return session["_inner"] | {
            "amount": session["amount_total"],
            "currency": session["currency"],
            "customer": customer,
            "payment_method": f"pm_{session['id']}",
        }

    # -- intents

    def method(self, id: str, customer: str | None) -> Thing:
        if id not in self.things:
            card = {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2031}
            self.things[id] = {"id": id, "object": "payment_method", "created": 0, "card": card}
            self.things[id]["customer"] = customer
        return self.things[id]

    def intent(self, form: Thing) -> Thing:
        """Confirmed at once: takes money, sets it aside, asks to authenticate, or is declined."""
        away = form.get("off_session") == "true"
        self._where_to(form)
        if form.get("payment_method") == "pm_gone":
            raise Refusal(400, "invalid_request_error", "resource_missing", param="payment_method")
        intent = self.new(
            "pi",
            object="payment_intent",
            amount=int(form["amount"]),
            amount_received=0,
            capture_method=form.get("capture_method", "automatic"),
            currency=form["currency"],
            customer=form.get("customer"),
            payment_method=self.method(form["payment_method"], form.get("customer"))["id"],
            transfer_group=form.get("transfer_group"),
            metadata=dict(form.get("metadata", {})),
            latest_charge=None,
            last_payment_error=None,
            next_action=None,
            cancellation_reason=None,
        )
        if self.decline or (self.authenticate and away):
            self._declined(intent, self.decline or "authentication_required")
        if self.authenticate and "moto" not in str(form.get("payment_method_options")):
            url = {
                "type": "redirect_to_url",
                "redirect_to_url": {"url": "https://bank.example/3ds"},
            }
            return self._keep(intent, status="requires_action", next_action=url)
        return self.confirmed(intent)

    def _where_to(self, form: Thing) -> None:
        """A saved card confirmed at once needs a way back, unless nothing may redirect."""
        ways = form.get("automatic_payment_methods", {})
        stays = ways.get("allow_redirects") == "never"
        if form.get("confirm") == "true" and not stays and "return_url" not in form:
            raise Refusal(400, "invalid_request_error", "parameter_missing", param="return_url")

    def _declined(self, intent: Thing, code: str) -> None:
        error = {"code": "card_declined", "decline_code": code}
        intent |= {"status": "requires_payment_method", "last_payment_error": error}
        self.tell("payment_intent.payment_failed", intent)
        shown = self.render(intent, None)
        raise Refusal(
            402, "card_error", "card_declined", kept=True, decline_code=code, payment_intent=shown
        )

    def confirmed(self, intent: Thing) -> Thing:
        """The bank agrees: the money moves, or is set aside."""
        charge = self.new("ch", object="charge", payment_intent=intent["id"], amount_refunded=0)
        charge |= {"metadata": dict(intent["metadata"]), "currency": intent["currency"]}
        charge |= {"balance_transaction": None, "transfer_group": intent["transfer_group"]}
        intent["latest_charge"] = charge["id"]
        if intent["capture_method"] == "manual":
            self.tell("payment_intent.amount_capturable_updated", intent)
            return self._keep(intent, status="requires_capture")
        self.take(intent, intent["amount"])
        return intent

    def take(self, intent: Thing, amount: int) -> None:
        """The money moves: 2.9 % + 30 of it are theirs."""
        charge = self.things[intent["latest_charge"]]
        fee = amount * 29 // 1000 + 30
        line = self.line("charge", amount, intent["currency"], charge["id"], fee)
        charge |= {"balance_transaction": line["id"], "amount": amount}
        intent |= {"status": "succeeded", "amount_received": amount, "next_action": None}
        self.tell("payment_intent.succeeded", intent)
        self.tell("charge.updated", charge)

    def line(
        self, type: str, amount: int, currency: str, source: str | None, fee: int = 0
    ) -> Thing:
        """A movement of our balance."""
        made = self.new("txn", object="balance_transaction", type=type, amount=amount, fee=fee)
        return self._keep(made, net=amount - fee, currency=currency, source=source)

    def capture(self, id: str, form: Thing) -> Thing:
        intent, amount = self._held(id), int(form["amount_to_capture"])
        if amount > intent["amount"]:
            raise Refusal(400, "invalid_request_error", "amount_too_large")
        intent["metadata"] |= form.get("metadata", {})
        self.take(intent, amount)
        return intent

    def cancel(self, id: str, form: Thing) -> Thing:
        return self.let_go(self._held(id), form.get("cancellation_reason"))

    def _held(self, id: str) -> Thing:
        if self.things[id]["status"] != "requires_capture":
            code = "payment_intent_unexpected_state"
            raise Refusal(400, "invalid_request_error", code)
        return self.things[id]

    def let_go(self, intent: Thing, reason: str | None = "automatic") -> Thing:
        """The hold ends, by us or by time."""
        intent |= {"status": "canceled", "cancellation_reason": reason}
        self.tell("payment_intent.canceled", intent)
        return intent

    # -- back to the payer

    def refund(self, form: Thing) -> Thing:
        intent = self.things[form["payment_intent"]]
        charge, amount = self.things[intent["latest_charge"]], int(form["amount"])
        if charge["amount_refunded"] + amount > intent["amount_received"]:
            raise Refusal(400, "invalid_request_error", "charge_already_refunded")
        charge["amount_refunded"] += amount
        refund = self.new("re", object="refund", amount=amount, payment_intent=intent["id"])
        refund |= {"status": self.refund_status, "metadata": form["metadata"]}
        refund |= {"failure_reason": None, "currency": intent["currency"]}
        self.line("refund", -amount, intent["currency"], refund["id"])
        self.tell("charge.refunded", charge)
        self.tell("refund.updated", refund)
        return refund
