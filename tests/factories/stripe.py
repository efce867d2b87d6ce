"""Each thing we ask of Stripe, brought to the point before it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from core import ids
from core.db import get
from core.money import Money
from core.use_case import use_case
from payments import cards, disputes_files, services
from payments.models import GatewayOp, Payment
from tests.factories.payments import ask_payout, earn, promise, yuan

Bank = Any  # the stand-in lies with the tests


@dataclass
class Flow:
    """One operation waiting to be driven, where it is asked, and how often it was done."""

    op_id: int
    where: str
    done: Callable[[], int]
    ends: str = "succeeded"


def saved_card(payer_id: int = 8, token: str = "") -> str:
    used = cards.UsedCard(token or ids.code("pm"), "cus_8", "Visa", "4242", "2031-04")
    return cards.keep(payer_id, "stripe", used).token


def intend(order: str, source: str = "", *, amount: Money | None = None, **how: Any) -> Any:
    """A payment of 100.00 for `stall:{order}`, by the hosted page or a saved card."""
    payment = services.intend_charge(
        purpose=f"stall:{order}",
        payer_id=how.pop("payer_id", 8),
        amount=amount or yuan("100.00"),
        source=source,
        description="A kettle",
        return_path=f"/checkout/{order}",
        **how,
    )
    return services.view(payment.id)


def collect(order: str, off_session: bool = True, **how: Any) -> Any:
    """Charge the saved card."""
    source = how.pop("source", None) or saved_card()
    payment = intend(order, source, off_session=off_session, **how)
    services.drive(payment.op_id)
    return services.view(payment.id)


def moved(bank: Bank, type: str) -> Callable[[], int]:
    """How many movements of the balance there are of this type."""
    return lambda: len([line for line in bank.of("txn") if line["type"] == type])


def page(bank: Bank) -> Flow:
    op_id = intend(ids.code("O")).op_id
    return Flow(op_id, "POST /v1/checkout/sessions", lambda: len(bank.of("cs")), "requires_action")


def off_session(bank: Bank) -> Flow:
    op_id = intend(ids.code("O"), saved_card(), off_session=True).op_id
    return Flow(op_id, "POST /v1/payment_intents", moved(bank, "charge"))


def by_telephone(bank: Bank) -> Flow:
    bank.authenticate = True  # which nobody asks of an order by telephone
    op_id = intend(ids.code("O"), saved_card(), moto=True).op_id
    return Flow(op_id, "POST /v1/payment_intents", moved(bank, "charge"))


def hold(bank: Bank) -> Flow:
    op_id = intend(ids.code("O"), saved_card(), off_session=True, capture="manual").op_id
    done = len(bank.of("pi"))
    return Flow(
        op_id,
        "POST /v1/payment_intents",
        lambda: len(bank.of("pi")) - done,
        "requires_capture",
    )


def capture(bank: Bank) -> Flow:
    held = collect(ids.code("O"), capture="manual")
    op_id = services.intend_capture(payment_id=held.id, amount=yuan("60.00"))
    return Flow(op_id, "POST /v1/payment_intents/*/capture", moved(bank, "charge"))


def cancel(bank: Bank) -> Flow:
    held = collect(ids.code("O"), capture="manual")
    op_id = services.intend_cancel(payment_id=held.id)
    ended = "payment_intent.canceled"
    return Flow(
        op_id,
        "POST /v1/payment_intents/*/cancel",
        lambda: len([type for type, _ in bank.told if type == ended]),
    )


def refund(bank: Bank) -> Flow:
    order = ids.code("O")
    payment = collect(order)
    op_id = promise(order, ids.code("R"), yuan("30.00"), payment.id)
    return Flow(op_id, "POST /v1/refunds", moved(bank, "refund"))


def transfer(bank: Bank) -> Flow:
    seller, number = ids.new_id(), ids.code("P")
    earn(seller, yuan("50.00"))
    op_id = ask_payout(number, seller, yuan("50.00"), "acct_1")
    return Flow(op_id, "POST /v1/transfers", moved(bank, "transfer"))


def reversal(bank: Bank) -> Flow:
    sent = transfer(bank).op_id
    services.drive(sent)
    number = ref_of(sent)
    op_id = services.intend_reversal(payout_number=number, amount=yuan("20.00"), ref="R-1")
    return Flow(op_id, "POST /v1/transfers/*/reversals", moved(bank, "transfer_refund"))


def platform_payout(bank: Bank) -> Flow:
    op_id = services.intend_platform_payout(number=ids.code("B"), amount=yuan("8.00"))
    return Flow(op_id, "POST /v1/payouts", moved(bank, "payout"), "processing")


def account_payout(bank: Bank) -> Flow:
    op_id = services.intend_platform_payout(
        number=ids.code("B"), amount=yuan("8.00"), account="acct_1"
    )
    return Flow(op_id, "POST /v1/payouts", lambda: len(bank.of("po")), "processing")


def evidence(bank: Bank) -> Flow:
    payment = collect(ids.code("O"))
    dispute = bank.dispute(charge_of(payment.id), 10000)
    op_id = services.intend_evidence(
        dispute_id=dispute["id"],
        fields={"shipping_tracking_number": "SF1"},
        submit=True,
        amount=yuan("100.00"),
    )
    return Flow(op_id, "POST /v1/disputes/*", lambda: dispute.get("_said", 0))


def evidence_with_files(bank: Bank) -> Flow:
    """A PDF and a picture beside the words: the files are sent before the dispute is answered."""
    dispute = _disputed(bank)
    op_id = services.intend_evidence(
        dispute_id=dispute["id"],
        fields={"shipping_tracking_number": "SF1"},
        submit=True,
        amount=yuan("100.00"),
        files=kept_files(),
    )
    return Flow(op_id, "POST /v1/disputes/*", lambda: dispute.get("_said", 0))


def giving_in(bank: Bank) -> Flow:
    dispute = _disputed(bank)
    op_id = services.intend_giving_in(dispute_id=dispute["id"], amount=yuan("100.00"))
    return Flow(op_id, "POST /v1/disputes/*/close", lambda: dispute.get("_closed", 0))


def _disputed(bank: Bank) -> Any:
    return bank.dispute(charge_of(collect(ids.code("O")).id), 10000)


@use_case
def kept_files() -> dict[str, str]:
    """Two files of evidence."""
    paper = disputes_files.store(PDF)
    return {
        "shipping_documentation": paper.digest,
        "customer_communication": disputes_files.store(png()).digest,
    }


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def png(side: int = 8) -> bytes:
    """A small green picture."""
    out = BytesIO()
    Image.new("RGB", (side, side), "green").save(out, "PNG")
    return out.getvalue()


def ref_of(op_id: int) -> str:
    return get(GatewayOp, op_id).ref


def charge_of(payment_id: int) -> str:
    """The gateway's id of what took the money."""
    return get(Payment, payment_id).charge_id or ""


FLOWS: dict[str, Callable[[Bank], Flow]] = {
    flow.__name__: flow
    for flow in (
        page,
        off_session,
        by_telephone,
        hold,
        capture,
        cancel,
        refund,
        transfer,
        reversal,
        platform_payout,
        account_payout,
        evidence,
        evidence_with_files,
        giving_in,
    )
}
