"""Stripe behind the port: what we ask of it, every call under our own key."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

import stripe

from core import ids
from core.errors import InvalidInput
from core.money import decimals
from payments import stripe_answers as answers
from payments import stripe_facts as facts
from payments import stripe_files
from payments import stripe_params as params
from payments.facts import Account, BalanceLine, Facts, SetUp
from payments.gateway import (
    Answer,
    Cancel,
    Capture,
    Charge,
    Evidence,
    Forged,
    Notice,
    OpenAccount,
    PayoutRequest,
    PlatformPayout,
    RefundRequest,
    Request,
    Reversal,
    Unavailable,
    UsedCard,
)
from payments.rules import words
from payments.stripe_lookup import Lookup, trouble

NAME = "stripe"
API, FILES = "https://api.stripe.com", "https://files.stripe.com"
Read = Callable[[dict[str, Any]], Answer | None]


class StripeGateway:
    """On-session payments go to Stripe's hosted page, later ones use the card saved there."""

    name = NAME
    takes_digits = False

    def __init__(
        self,
        *,
        secret_key: str,
        webhook_secret: str,
        api_base: str,
        timeout_seconds: int,
        currency: str,
    ) -> None:
        self._webhook_secret = webhook_secret
        self._currency = currency
        self._client = stripe.StripeClient(
            secret_key,
            base_addresses={"api": api_base, "files": files_base(api_base)},
            max_network_retries=1,  # with our own key, so that it is the same request
            http_client=stripe.RequestsClient(timeout=timeout_seconds),
        )
        self._v1 = self._client.v1
        self._lookup = Lookup(self._client)

    def save_card(self, person_id: int, number: str, expiry: str, cvc: str) -> UsedCard:
        raise InvalidInput("Cards are entered on Stripe's own page.")

    # -- what moves money

    def charge(self, request: Charge) -> Answer:
        if request.source:
            create = self._v1.payment_intents.create
            return self._ask(request, create, params.intent(request), answers.of_intent)
        if request.moto:
            return _no("moto_needs_card")
        open_page = self._v1.checkout.sessions.create
        return self._ask(request, open_page, params.page(request), answers.of_session)

    def capture(self, request: Capture) -> Answer:
        def create(said: Any, options: Any) -> Any:
            return self._v1.payment_intents.capture(request.charge_id, said, options)

        return self._ask(request, create, params.capture(request), answers.of_capture)

    def cancel(self, request: Cancel) -> Answer:
        def create(said: Any, options: Any) -> Any:
            return self._v1.payment_intents.cancel(request.charge_id, said, options)

        return self._ask(request, create, params.CANCEL, answers.of_cancel)

    def refund(self, request: RefundRequest) -> Answer:
        create = self._v1.refunds.create
        return self._ask(request, create, params.refund(request), answers.of_refund)

    def pay_out(self, request: PayoutRequest) -> Answer:
        """A transfer to the seller's account, out of its one charge or out of the balance."""
        try:
            charge = self._lookup.charge_of(request.charge_id) if request.charge_id else ""
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error
        create = self._v1.transfers.create
        return self._ask(request, create, params.transfer(request, charge), _of_new_transfer)

    def reverse(self, request: Reversal) -> Answer:
        def create(said: Any, options: Any) -> Any:
            return self._v1.transfers.reversals.create(request.transfer_id, said, options)

        return self._ask(request, create, params.reversal(request), answers.of_reversal)

    def platform_payout(self, request: PlatformPayout) -> Answer:
        create = self._v1.payouts.create
        return self._ask(
            request, create, params.payout(request), answers.of_payout, account=request.account
        )

    def evidence(self, request: Evidence) -> Answer:
        """The files first, which move nothing; then what is said, or that nothing is."""

        def close(said: Any, options: Any) -> Any:
            return self._v1.disputes.close(request.dispute_id, {}, options)

        def create(said: Any, options: Any) -> Any:
            shown = said["evidence"] | stripe_files.uploaded(self._v1, request)
            return self._v1.disputes.update(request.dispute_id, said | {"evidence": shown}, options)

        ask = close if request.close else create
        return self._ask(request, ask, params.evidence(request), lambda _: Answer("succeeded"))

    def _ask(
        self,
        request: Request,
        create: Callable[..., Any],
        said: dict[str, Any],
        read: Read,
        account: str = "",
    ) -> Answer:
        """Only a definite no is `refused`; whatever leaves the money in doubt is Unavailable."""
        if decimals(request.amount.currency) == 3 and request.amount.minor % 10:
            return _no("amount_too_fine")
        options = {"idempotency_key": f"op-{request.op_id}"}
        if account:
            options["stripe_account"] = account
        try:
            made = create(said, options)
        except stripe.CardError as error:
            return _declined(error)
        except stripe.InvalidRequestError as error:
            gone = error.code == "resource_missing" and error.param == "payment_method"
            return _no("no_such_card" if gone else error.code or "invalid_request")
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error
        return read(made.to_dict()) or Answer("unknown", code="not_done")

    def look_up(self, request: Request, object_id: str) -> Answer | None:
        """By its id when we have it, else by the operation in its metadata."""
        try:
            return self._lookup.look_up(request, object_id)
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error

    # -- what moves none

    def setup_page(self, person_id: int, return_url: str, customer: str = "") -> SetUp:
        op_id = ids.new_id()
        said = params.setup_page(op_id, person_id, return_url, customer, self._currency)
        try:
            page = self._v1.checkout.sessions.create(said, {"idempotency_key": f"op-{op_id}"})  # type: ignore[arg-type]
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error
        return SetUp(page.url or "")

    def open_account(self, request: OpenAccount) -> Account:
        """Made once; the link to its pages is new each time, since each can be used once."""
        try:
            account = self._lookup.account(request) or self._new_account(request)
            said = params.account_link(account["id"], request.return_url)
            link = self._v1.account_links.create(
                said,  # type: ignore[arg-type]
                {"idempotency_key": f"link-{ids.new_id()}"},
            )
        except stripe.InvalidRequestError as error:
            raise InvalidInput(str(error.user_message or words("", "refused"))) from error
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error
        return facts.of_account(account, link.url)

    def _new_account(self, request: OpenAccount) -> dict[str, Any]:
        key = f"op-{request.op_id}"
        made = self._v1.accounts.create(params.account(request), {"idempotency_key": key})  # type: ignore[arg-type]
        return made.to_dict()

    def balance_lines(self, since: datetime, until: datetime) -> Iterator[BalanceLine]:
        try:
            for line in self._lookup.balance_lines(since, until):
                yield facts.of_line(line)
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error

    # -- what it tells us

    def unasked(self, since: datetime) -> Iterator[Facts]:
        try:
            yield from self._lookup.unasked(since)
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        if not self._webhook_secret:
            raise Forged("No webhook secret is set: STRIPE_WEBHOOK_SECRET.")
        try:
            event = self._client.construct_event(
                body, headers.get("Stripe-Signature", ""), self._webhook_secret
            ).to_dict()
            thing = event["data"]["object"]
            return Notice(
                event["id"], event["type"], str(thing.get("id", "")), event.get("account") or ""
            )
        except (
            stripe.SignatureVerificationError,
            ValueError,
            KeyError,
            IndexError,
            TypeError,
            AttributeError,
        ):
            raise Forged() from None

    def fetch(self, notice: Notice) -> Facts | None:
        try:
            return self._lookup.facts(notice.object_id, notice.account)
        except stripe.InvalidRequestError:
            return None  # gone, or of another account
        except stripe.StripeError as error:
            raise Unavailable(trouble(error)) from error


def files_base(api_base: str) -> str:
    """Files go to an address of their own at Stripe, and to the same one at a stand-in."""
    return FILES if api_base == API else api_base


def _of_new_transfer(transfer: dict[str, Any]) -> Answer:
    return answers.of_transfer(transfer, [])


def _no(code: str) -> Answer:
    return Answer("refused", code=code[:60], message=words(code, "refused"))


def _declined(error: stripe.CardError) -> Answer:
    """A card's no, with the id of the intent that stays behind."""
    said = error.error
    code = str((said and said.decline_code) or error.code or "card_declined")[:60]
    intent = getattr(said, "payment_intent", None) if said else None
    object_id = str(getattr(intent, "id", "") or "")
    return Answer("refused", object_id, code=code, message=words(code, "refused"))
