"""Bank statements as ISO 20022 camt.053, versions 001.02 to 001.13; pure."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.money import Money, decimals, total
from payments.bank_values import (
    LINE_ID_MAX,
    TEXT_MAX,
    WORD_MAX,
    BadStatement,
    Line,
    Statement,
    checked,
    compact,
    reference_in,
)

_NAMESPACE = re.compile(r"\{urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d\d)\}Document")
VERSIONS = range(2, 14)
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)


def read_all(data: bytes, name: str) -> list[Statement]:
    """Every statement in the file; raises BadStatement."""
    try:
        document = fromstring(data)
    except ParseError as error:
        raise BadStatement(f"The file is broken XML: {error}.") from None
    except DefusedXmlException:
        raise BadStatement("The file declares entities, which no bank does.") from None
    found = _NAMESPACE.fullmatch(document.tag)
    if found is None or int(found.group(1)) not in VERSIONS:
        raise BadStatement(
            f"The file is {document.tag[:80]}, not a camt.053.001.02 to .13 statement."
        )
    for element in document.iter():  # one version's elements are like another's
        element.tag = element.tag.rpartition("}")[2]
    statements = document.findall("BkToCstmrStmt/Stmt")
    if not statements:
        raise BadStatement("The file holds no statement (Stmt).")
    return [_statement(element, name) for element in statements]


def _statement(stmt: Element, name: str) -> Statement:
    account = _text(stmt, "Acct/Id/IBAN") or _text(stmt, "Acct/Id/Othr/Id")
    if not account:
        raise BadStatement("The statement does not say whose account it is (Acct/Id).")
    booked = [entry for entry in stmt.findall("Ntry") if _is_booked(entry)]
    opening, closing = _balance(stmt, _OPENING), _balance(stmt, _CLOSING)
    currency = _text(stmt, "Acct/Ccy") or (opening.currency if opening else "")
    currency = currency or (_amount(booked[0], "entry 1").currency if booked else "")
    if not currency:
        raise BadStatement("The statement does not say its currency (Acct/Ccy).")
    stmt_id = _text(stmt, "Id")
    lines: list[Line] = []
    for number, entry in enumerate(booked, 1):
        lines += _lines_of(entry, number, stmt_id, currency)
    ids = _Distinct()
    told = tuple(ids.line(line) for line in lines)
    return checked(Statement(compact(account), currency, opening, closing, told, name))


class _Distinct:
    """Gives a bank's reference that stands on several lines of a statement a number each."""

    def __init__(self) -> None:
        self._used: dict[str, int] = {}

    def line(self, line: Line) -> Line:
        count = self._used[line.id] = self._used.get(line.id, 0) + 1
        if count == 1:
            return line
        return replace(line, id=f"{line.id}#{count}")


def _is_booked(entry: Element) -> bool:
    """What is only pending or for information has moved nothing."""
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    return status in ("", "BOOK")


def _balance(stmt: Element, codes: tuple[str, ...]) -> Money | None:
    for code in codes:
        for balance in stmt.findall("Bal"):
            if _text(balance, "Tp/CdOrPrtry/Cd") == code:
                return _amount(balance, f"balance {code}")
    return None


def _amount(element: Element, where: str, path: str = "Amt") -> Money:
    """A signed amount: credits above zero."""
    found = element.find(path)
    text = (found.text or "").strip() if found is not None else ""
    currency = found.get("Ccy", "") if found is not None else ""
    try:
        amount = Money.parse(_trimmed(text, currency), currency)
    except ValueError:
        raise BadStatement(f"The amount of {where} is {text[:20]!r} {currency!r}.") from None
    side = _text(element, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise BadStatement(f"{where.capitalize()} is neither CRDT nor DBIT.")
    return amount if side == "CRDT" else -amount


def _trimmed(text: str, currency: str) -> str:
    """Banks may write more decimals than the currency has, as zeros: 10.00 JPY."""
    whole, _, part = text.partition(".")
    places = decimals(currency)
    more = part[places:]
    return f"{whole}.{part[:places] or '0'}" if not more.strip("0") else text


def _lines_of(entry: Element, number: int, stmt_id: str, currency: str) -> Iterator[Line]:
    """One line an entry, or one a transaction where a batch lists them with their amounts."""
    where = f"entry {number}"
    amount = _amount(entry, where)
    if amount.currency != currency:
        raise BadStatement(f"{where.capitalize()} is in {amount.currency}, not {currency}.")
    own = _text(entry, "AcctSvcrRef")
    base = own or f"{stmt_id}/{_text(entry, 'NtryRef') or number}"
    on = _day(entry, where)
    details = entry.findall("NtryDtls/TxDtls")
    parts = _parts(details, amount)
    if parts is None:
        text = f"a batch of {len(details)} payments, not listed one by one"
        yield Line(base[:LINE_ID_MAX], on, amount, text=_note(entry, text))
        return
    for detail, part in zip(details or [entry], parts, strict=True):
        yield _line(entry, detail, part, base, on)


def _parts(details: list[Element], whole: Money) -> list[Money] | None:
    """The amounts of a batch's transactions; None when they do not add up to the entry."""
    if len(details) < 2:
        return [whole]
    sign = 1 if whole.minor > 0 else -1
    amounts = [_part(detail, whole.currency) for detail in details]
    known = [amount * sign for amount in amounts if amount is not None and amount]
    if len(known) < len(details) or total(known, whole.currency) != whole:
        return None
    return known


def _part(detail: Element, currency: str) -> Money | None:
    for path in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        found = detail.find(path)
        if found is not None and found.get("Ccy") == currency:
            try:
                return Money.parse(_trimmed((found.text or "").strip(), currency), currency)
            except ValueError:
                return None
    return None


def _line(entry: Element, detail: Element, amount: Money, base: str, on: date) -> Line:
    returned = _text(detail, "RtrInf/Rsn/Cd") or _text(detail, "RtrInf/Rsn/Prtry")
    reversal = _text(entry, "RvslInd") in ("true", "1")
    own = _text(detail, "Refs/AcctSvcrRef")
    end_to_end = _text(detail, "Refs/EndToEndId")
    ustrd = " ".join(_texts(detail, "RmtInf/Ustrd"))
    strd = " ".join(_texts(detail, "RmtInf/Strd/CdtrRefInf/Ref"))
    # who stands on the other side of a payment that comes back is still who was to be paid
    payer = (amount.minor > 0) != (reversal or bool(returned))
    name, iban = _party(detail, "Dbtr" if payer else "Cdtr")
    return Line(
        id=(own or base)[: LINE_ID_MAX - 10] + (":back" if reversal else ""),
        on=on,
        amount=amount,
        reference=reference_in(strd, ustrd),
        end_to_end_id="" if end_to_end == "NOTPROVIDED" else end_to_end[:WORD_MAX],
        counterparty=name[:WORD_MAX],
        iban=compact(iban)[:34],
        text=_note(entry, " ".join(part for part in (strd, ustrd) if part)),
        comes_back=reversal or bool(returned),
        reason=returned[:10],
    )


def _note(entry: Element, text: str) -> str:
    return (text or _text(entry, "AddtlNtryInf"))[:TEXT_MAX]


def _party(detail: Element, side: str) -> tuple[str, str]:
    parties = f"RltdPties/{side}"
    name = _text(detail, f"{parties}/Pty/Nm") or _text(detail, f"{parties}/Nm")
    account = f"RltdPties/{side}Acct/Id"
    return name, _text(detail, f"{account}/IBAN") or _text(detail, f"{account}/Othr/Id")


def _day(entry: Element, where: str) -> date:
    for path in ("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"):
        if text := _text(entry, path):
            try:
                return date.fromisoformat(text[:10])
            except ValueError:
                break
    raise BadStatement(f"{where.capitalize()} has no booking date (BookgDt).")


def _text(element: Element, path: str) -> str:
    found = element.find(path)
    return (found.text or "").strip() if found is not None else ""


def _texts(element: Element, path: str) -> list[str]:
    return [(found.text or "").strip() for found in element.findall(path)]
