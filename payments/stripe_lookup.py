"""Finding what our operations became at Stripe: by id, else by the operation in the metadata."""

import itertools
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import stripe

from payments import stripe_answers as answers
from payments import stripe_facts as facts
from payments.facts import Answer, Facts, Fetched
from payments.gateway import (
    Cancel,
    Capture,
    Charge,
    Evidence,
    OpenAccount,
    PayoutRequest,
    PlatformPayout,
    RefundRequest,
    Request,
    Reversal,
)
from payments.rules import words
from payments.stripe_params import OF_INTENT, OF_SESSION

Thing = dict[str, Any]
_SEARCHED_MAX = 1000  # things made around the same time
_EARLIER = 300  # seconds their clock may be behind ours


def trouble(error: stripe.StripeError) -> str:
    """What kind of trouble it was, without anything the gateway said."""
    return f"{type(error).__name__} {error.http_status or ''}".strip()


class Lookup:
    """Reading only; raises stripe.StripeError."""

    def __init__(self, client: stripe.StripeClient) -> None:
        # any: the typed parameters do not take dictionaries made elsewhere
        self._v1: Any = client.v1

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        """What became of a request; None when Stripe has never heard of it."""
        match request:
            case Capture():
                return answers.of_capture(self._intent(request.charge_id))
            case Cancel():
                return answers.of_cancel(self._intent(request.charge_id))
            case Evidence():
                return self._evidence(request)
            case PlatformPayout() if request.account:
                return self._account_payout(request, object_id)
        found = self._fetched(object_id) if object_id else self._search(request)
        return found.answer if isinstance(found, Fetched) else None

    def _search(self, request: Request) -> Fetched | None:
        """A search is a minute behind, a list is not: search only what no list has shown."""
        v1, op = self._v1, request.op_id
        match request:
            case Charge(source=""):
                return self._ours(v1.checkout.sessions.list(_around(request.asked_at)), op)
            case Charge():
                of_payer = {"customer": request.customer} if request.customer else {}
                listed = v1.payment_intents.list(_around(request.asked_at) | of_payer)
                query = {"query": f"metadata['op']:'{op}'", "limit": 10}
                return self._ours(listed, op) or self._ours(v1.payment_intents.search(query), op)
            case RefundRequest():
                of_charge = {"payment_intent": request.charge_id, "limit": 100}
                return self._ours(v1.refunds.list(of_charge), op)
            case PayoutRequest():
                to_seller = _around(request.asked_at) | {"destination": request.destination}
                return self._ours(v1.transfers.list(to_seller), op)
            case Reversal():
                made = v1.transfers.reversals.list(request.transfer_id, {"limit": 100})
                return self._ours(made, op, lambda thing: Fetched(op, answers.of_reversal(thing)))
            case PlatformPayout():
                return self._ours(v1.payouts.list(_around(request.asked_at)), op)
            case _:
                return None

    def _ours(
        self, things: Any, op_id: int, read: Callable[[Thing], Fetched] | None = None
    ) -> Fetched | None:
        for thing in itertools.islice(things.auto_paging_iter(), _SEARCHED_MAX):
            if answers.op_of(thing.to_dict()) == op_id:
                found = read(thing.to_dict()) if read else self._fetched(thing.id)
                return found if isinstance(found, Fetched) else None
        return None

    def _evidence(self, request: Evidence) -> Answer | None:
        """A dispute keeps the operation that last said something about it."""
        dispute = self._v1.disputes.retrieve(request.dispute_id).to_dict()
        if request.close and dispute["status"] == "lost":
            return Answer("succeeded")
        if answers.op_of(dispute) == request.op_id:
            return Answer("succeeded")
        if dispute["status"] in ("won", "lost", "warning_closed"):
            return Answer("refused", code="dispute_closed", message=words("", "refused"))
        return None

    def _account_payout(self, request: PlatformPayout, object_id: str) -> Answer | None:
        at = {"stripe_account": request.account}
        if object_id:
            return answers.of_payout(self._v1.payouts.retrieve(object_id, {}, at).to_dict())
        made = self._v1.payouts.list(_around(request.asked_at), at)
        for payout in itertools.islice(made.auto_paging_iter(), _SEARCHED_MAX):
            if answers.op_of(payout.to_dict()) == request.op_id:
                return answers.of_payout(payout.to_dict())
        return None

    def account(self, request: OpenAccount) -> Thing | None:
        """The seller's account by its id, or by our operation when the answer may have got lost."""
        if request.account_id:
            known: Thing = self._v1.accounts.retrieve(request.account_id).to_dict()
            return known
        made = self._v1.accounts.list(_around(request.asked_at)) if request.resend else None
        for account in itertools.islice(made.auto_paging_iter(), _SEARCHED_MAX) if made else ():
            if answers.op_of(account.to_dict()) == request.op_id:
                found: Thing = account.to_dict()
                return found
        return None

    def charge_of(self, intent_id: str) -> str:
        """The charge (ch_…) behind a PaymentIntent that took money."""
        return facts.id_of(self._intent(intent_id).get("latest_charge"))

    def balance_lines(self, since: datetime, until: datetime) -> Iterator[Thing]:
        """Newest first, each with the object it came from."""
        made = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
        asked = {"created": made, "limit": 100, "expand": ["data.source"]}
        for line in self._v1.balance_transactions.list(asked).auto_paging_iter():
            yield line.to_dict()

    def unasked(self, since: datetime) -> Iterator[Facts]:
        """Disputes, and payouts to our bank that we did not ask for, made since then."""
        asked = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        for dispute in self._v1.disputes.list(asked).auto_paging_iter():
            yield facts.of_dispute(dispute.to_dict())
        for payout in self._v1.payouts.list(asked).auto_paging_iter():
            if answers.op_of(payout.to_dict()) is None:
                yield facts.of_bank_payout(payout.to_dict())

    def _intent(self, intent_id: str) -> Thing:
        found: Thing = self._v1.payment_intents.retrieve(intent_id, {"expand": OF_INTENT}).to_dict()
        return found

    # -- by id

    def facts(self, object_id: str, account: str) -> Facts | None:
        """What is true now of an object a notice was about; None when it is none of ours."""
        if not account or object_id.startswith("acct_"):
            return self._fetched(object_id)
        if not object_id.startswith("po_"):
            return None  # what sellers do in their own accounts is theirs
        at = {"stripe_account": account}
        payout = self._v1.payouts.retrieve(object_id, {}, at).to_dict()
        return _of(payout, answers.of_payout(payout))

    def _fetched(self, object_id: str) -> Facts | None:
        """The object behind an id of Stripe's, read by the kind its prefix tells."""
        v1 = self._v1
        match object_id.partition("_")[0]:
            case "cs":
                page = v1.checkout.sessions.retrieve(object_id, {"expand": OF_SESSION}).to_dict()
                if page.get("mode") == "setup":
                    return facts.of_setup(page.get("setup_intent"))
                return _of(page, answers.of_session(page))
            case "pi":
                intent = self._intent(object_id)
                return _of(intent, answers.of_intent(intent))
            case "ch" | "py":
                charge = v1.charges.retrieve(object_id).to_dict()
                return self._fetched(facts.id_of(charge.get("payment_intent")))
            case "seti":
                expand = {"expand": ["payment_method"]}
                return facts.of_setup(v1.setup_intents.retrieve(object_id, expand).to_dict())
            case "re" | "pyr":
                refund = v1.refunds.retrieve(object_id).to_dict()
                return _of(refund, answers.of_refund(refund))
            case "tr":
                return self._transfer(object_id)
            case _:
                return self._unasked(object_id)

    def _unasked(self, object_id: str) -> Facts | None:
        """Payouts, disputes and accounts, which may be none of our operations."""
        match object_id.partition("_")[0]:
            case "po":
                payout = self._v1.payouts.retrieve(object_id).to_dict()
                ours = _of(payout, answers.of_payout(payout))
                return ours or facts.of_bank_payout(payout)
            case "dp" | "du":
                return facts.of_dispute(self._v1.disputes.retrieve(object_id).to_dict())
            case "acct":
                return facts.of_account(self._v1.accounts.retrieve(object_id).to_dict())
            case _:
                return None

    def _transfer(self, object_id: str) -> Fetched | None:
        transfer = self._v1.transfers.retrieve(object_id).to_dict()
        backs = []
        if transfer.get("amount_reversed"):
            listed = self._v1.transfers.reversals.list(object_id, {"limit": 100})
            backs = [back.to_dict() for back in listed.auto_paging_iter()]
        return _of(transfer, answers.of_transfer(transfer, backs))


def _of(thing: Thing, answer: Answer) -> Fetched | None:
    op_id = answers.op_of(thing)
    return Fetched(op_id, answer) if op_id is not None else None


def _around(asked_at: datetime) -> Thing:
    """Made since about when we asked, a hundred at a time."""
    return {"created": {"gte": int(asked_at.timestamp()) - _EARLIER}, "limit": 100}
