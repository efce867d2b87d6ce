"""A card processor to play with: the port's sandbox side, as asynchronous as a real one."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from core import clock, jobs
from core.crash import crashpoint
from core.money import Money
from core.use_case import use_case
from payments import sandbox_bank as bank
from payments import sandbox_disputes, sandbox_lines
from payments import sandbox_holds as holds
from payments.facts import BalanceLine, Facts
from payments.gateway import (
    Answer,
    Cancel,
    Capture,
    Charge,
    Evidence,
    Fetched,
    Forged,
    Notice,
    PayoutRequest,
    PlatformPayout,
    RefundRequest,
    Request,
    Reversal,
    Simple,
    Unavailable,
    UsedCard,
)
from payments.rules import words
from payments.sandbox_cards import card_of, checked_cvc, checked_expiry, checked_number
from payments.sandbox_tables import notices

NAME = "sandbox"
SIGNATURE = "Sandbox-Signature"


def _fingerprint(card: str) -> str:
    """Everybody types the same few test numbers: here a card is told apart by who saved it, too."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"card {card}".encode(), "sha256").hexdigest()[:32]


class SandboxGateway(Simple):
    """Chosen when no key of a real processor is set. The card's number decides what happens."""

    name = NAME
    takes_digits = True

    def save_card(self, person_id: int, number: str, expiry: str, cvc: str) -> UsedCard:
        """The digits live only in this call."""
        card = card_of(checked_number(number))
        expires = checked_expiry(expiry, clock.today())
        checked_cvc(cvc)
        last4 = card.number[-4:]
        token = bank.tokenize(card.brand, last4, expires, card.behavior)
        mark = _fingerprint(f"{person_id} {card.number} {expires}")
        return UsedCard(token, "", card.brand, last4, expires, mark)

    def charge(self, request: Charge) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            # nobody is there to confirm an order by telephone, and banks do not ask for it
            away = request.off_session and not request.moto
            outcome = bank.decide_charge(connection, request.source, away, request.moto)
            outcome = holds.held(outcome) if request.capture == "manual" else outcome
            return outcome | {
                "description": request.description[:240],
                "return_url": request.return_url,
            }

        params = {"source": request.source, "off_session": request.off_session}
        if request.moto or request.capture != "automatic":
            params |= {"moto": request.moto, "capture": request.capture}
        return self._ask(request, "charge", params, decide)

    def refund(self, request: RefundRequest) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return bank.decide_refund(connection, request.charge_id, request.amount.minor)

        return self._ask(request, "refund", {"charge": request.charge_id}, decide)

    def pay_out(self, request: PayoutRequest) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return bank.decide_payout(request.destination)

        return self._ask(request, "payout", {"destination": request.destination}, decide)

    def capture(self, request: Capture) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return holds.decide_capture(connection, request.charge_id, request.amount.minor)

        return self._ask(request, "capture", {"charge": request.charge_id}, decide)

    def cancel(self, request: Cancel) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return holds.decide_cancel(connection, request.charge_id)

        return self._ask(request, "cancel", {"charge": request.charge_id}, decide)

    def reverse(self, request: Reversal) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return holds.decide_reversal(connection, request.transfer_id, request.amount.minor)

        return self._ask(request, "reversal", {"payout": request.transfer_id}, decide)

    def platform_payout(self, request: PlatformPayout) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return holds.decide_platform_payout()

        return self._ask(request, "platform", {"account": request.account}, decide)

    def evidence(self, request: Evidence) -> Answer:
        def decide(connection: Any) -> bank.Outcome:
            return sandbox_disputes.take_evidence(
                connection, request, request.fields | request.files
            )

        params = {"dispute": request.dispute_id, "fields": request.fields | request.files}
        return self._ask(
            request, "evidence", params | {"submit": request.submit or request.close}, decide
        )

    def balance_lines(self, since: datetime, until: datetime) -> Iterator[BalanceLine]:
        return sandbox_lines.lines(since, until)

    def _ask(self, request: Request, kind: str, params: dict[str, Any], decide: Any) -> Answer:
        everything = params | {"amount": request.amount.minor, "currency": request.amount.currency}
        try:
            made = bank.once(request.op_id, kind, request.amount, everything, decide)
            crashpoint("sent")
        except bank.Lost:
            raise Unavailable("timed out") from None
        except bank.KeptError:
            raise Unavailable("error 500") from None
        except bank.KeyReused:
            raise Unavailable("key used for something else") from None
        finally:
            schedule_delivery(request.op_id)
        return _answer(made)

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        found = bank.find_by_op(request.op_id)
        return _answer(found) if found is not None else None

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        signed = headers.get(SIGNATURE, "").encode()  # bytes: a text must be ASCII to be compared
        if not hmac.compare_digest(signed, signature(body).encode()):
            raise Forged()
        said = json.loads(body)
        return Notice(said["id"], said["type"], said["object"])

    def fetch(self, notice: Notice) -> Facts | None:
        if notice.object_id.startswith(sandbox_disputes.PREFIX):
            with bank.engine().begin() as connection:
                return sandbox_disputes.fetch(connection, notice.object_id)
        found = bank.find(notice.object_id)
        return Fetched(found.op_id, _answer(found)) if found is not None else None


def _answer(made: bank.Object) -> Answer:
    state = "refused" if made.status == "failed" else made.status
    told = state == "refused"
    amount = Money(made.amount, made.currency)
    took = made.kind in ("charge", "capture") and state == "succeeded"
    return Answer(
        state,
        object_id=made.id,
        charge_id=made.id if made.kind == "charge" else "",
        code=made.code if told else "",
        message=words(made.code, "refused") if told else "",
        action_url=f"/sandbox/authenticate/{made.id}" if state == "requires_action" else "",
        fee=amount.ppm(bank.FEE_PPM) if took else None,
        amount=amount if took else None,
    )


def signature(body: bytes) -> str:
    """HMAC-SHA-256 of the body under a secret derived from the application's."""
    secret = f"sandbox notices:{current_app.config['SECRET_KEY']}".encode()
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def schedule_delivery(op_id: int) -> None:
    """Let the worker deliver what the bank has to say about this operation, now and later."""
    waiting = select(notices.c.deliver_at).where(
        notices.c.op_id == op_id, notices.c.delivered_at.is_(None)
    )
    with bank.engine().begin() as connection:
        moments = connection.execute(waiting.distinct().order_by(notices.c.deliver_at)).scalars()
        _defer_delivery(list(moments))


@use_case
def _defer_delivery(moments: list[datetime]) -> None:
    for moment in moments:
        jobs.defer("payments.sandbox_deliver", at=moment)


@jobs.job("payments.sandbox_deliver", cron="* * * * *")
def deliver_due() -> None:
    """Send every notice that is due to the inbox, as often as the bank means to send it."""
    from payments import inbox  # it knows the gateways, and they know it

    waiting = select(notices).where(
        notices.c.delivered_at.is_(None), notices.c.deliver_at <= clock.now()
    )
    with bank.engine().begin() as connection:
        due = connection.execute(waiting.order_by(notices.c.deliver_at).limit(500)).all()
    for notice in due:
        body = json.dumps(
            {"id": notice.id, "type": notice.type, "object": notice.object_id}
        ).encode()
        for _ in range(notice.copies):
            inbox.receive(NAME, {SIGNATURE: signature(body)}, body)
        with bank.engine().begin() as connection:
            connection.execute(
                update(notices).where(notices.c.id == notice.id).values(delivered_at=clock.now())
            )
