"""Our orders to the bank as an ISO 20022 payment order file, pain.001.001.09; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from stdnum import iban

from core.money import Money, total

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"


@dataclass(frozen=True, slots=True)
class Side:
    """Whose account money leaves or reaches; `bic` may be ""."""

    holder: str
    account: str
    bic: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One payment: its id returns on the statement, its note is what the payee reads."""

    end_to_end_id: str
    amount: Money
    to: Side
    note: str


def payment_file(
    number: str, made_at: datetime, on: date, ours: Side, orders: Sequence[Order]
) -> str:
    """The file's text; all orders are in one currency and booked one by one."""
    document = Element("Document", xmlns=NAMESPACE)
    start = SubElement(document, "CstmrCdtTrfInitn")
    summed = total((order.amount for order in orders), orders[0].amount.currency)
    head = SubElement(start, "GrpHdr")
    _text(head, "MsgId", number)
    _text(head, "CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _counts(head, orders, summed)
    _text(SubElement(head, "InitgPty"), "Nm", ours.holder[:140])
    batch = SubElement(start, "PmtInf")
    _text(batch, "PmtInfId", number)
    _text(batch, "PmtMtd", "TRF")
    _text(batch, "BtchBookg", "false")  # a line each on the statement, so that each is confirmed
    _counts(batch, orders, summed)
    _text(SubElement(batch, "ReqdExctnDt"), "Dt", on.isoformat())
    _text(SubElement(batch, "Dbtr"), "Nm", ours.holder[:140])
    _account(SubElement(batch, "DbtrAcct"), ours.account)
    _agent(SubElement(batch, "DbtrAgt"), ours.bic)
    for order in orders:
        _order(SubElement(batch, "CdtTrfTxInf"), order)
    indent(document)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(document, "unicode") + "\n"


def _counts(element: Element, orders: Sequence[Order], summed: Money) -> None:
    _text(element, "NbOfTxs", str(len(orders)))
    _text(element, "CtrlSum", summed.decimal_text())


def _order(element: Element, order: Order) -> None:
    ids = SubElement(element, "PmtId")
    _text(ids, "InstrId", order.end_to_end_id)
    _text(ids, "EndToEndId", order.end_to_end_id)
    amount = SubElement(SubElement(element, "Amt"), "InstdAmt", Ccy=order.amount.currency)
    amount.text = order.amount.decimal_text()
    if order.to.bic:
        _agent(SubElement(element, "CdtrAgt"), order.to.bic)
    _text(SubElement(element, "Cdtr"), "Nm", order.to.holder[:140])
    _account(SubElement(element, "CdtrAcct"), order.to.account)
    _text(SubElement(element, "RmtInf"), "Ustrd", order.note[:140])


def _account(element: Element, number: str) -> None:
    holder = SubElement(element, "Id")
    if iban.is_valid(number):
        _text(holder, "IBAN", number)
    else:
        _text(SubElement(holder, "Othr"), "Id", number)


def _agent(element: Element, bic: str) -> None:
    institution = SubElement(element, "FinInstnId")
    if bic:
        _text(institution, "BICFI", bic)
    else:
        _text(SubElement(institution, "Othr"), "Id", "NOTPROVIDED")


def _text(element: Element, tag: str, text: str) -> None:
    SubElement(element, tag).text = text
