"""Statements of our account as a bank would send them, and its lines taken in."""

from datetime import timedelta
from itertools import count
from typing import Any

from sqlalchemy import text

from core.money import Money
from payments import bank_import, bank_placing, sandbox_bank, services
from payments.bank_account import SAMPLE
from payments.bank_references import reference_of
from payments.sandbox_tables import disputes, objects
from payments.values import PaymentView

OURS = SAMPLE
PAYER = "GB33BUKB20201555555555"
REFERENCE = "RF780000000012345"  # valid, of nobody


def entry(
    amount: str,
    *,
    id: str = "REF-1",
    on: str = "2026-03-01",
    reference: str = REFERENCE,
    text: str = "",
    end_to_end: str = "NOTPROVIDED",
    side: str = "Dbtr",
    name: str = "A Payer",
    iban: str = PAYER,
    status: str = "BOOK",
    parts: tuple[str, ...] = (),
    reversal: bool = False,
    returned: str = "",
) -> str:
    """One Ntry; `@` stands where versions differ and is filled in by `camt`."""
    sign = "DBIT" if amount.startswith("-") else "CRDT"
    free = f"<Ustrd>{text}</Ustrd>" if text else ""
    strd = f"<Strd><CdtrRefInf><Ref>{reference}</Ref></CdtrRefInf></Strd>" if reference else ""
    account = f"<{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct>" if iban else ""
    who = f"<RltdPties><{side}>@name({name})</{side}>{account}</RltdPties>"
    back = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    details = "".join(
        f"<TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>"
        f'<Amt Ccy="CNY">{part}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        f"{who}<RmtInf>{free}{strd}</RmtInf>{back}</TxDtls>"
        for part in parts or (amount.lstrip("-"),)
    )
    return (
        f'<Ntry><Amt Ccy="CNY">{amount.lstrip("-")}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
        + ("<RvslInd>true</RvslInd>" if reversal else "")
        + f"<Sts>@status({status})</Sts><BookgDt><Dt>{on}</Dt></BookgDt>"
        f"<AcctSvcrRef>{id}</AcctSvcrRef><NtryDtls>{details}</NtryDtls></Ntry>"
    )


def camt(*entries: str, opening: str = "", closing: str = "", version: int = 2) -> bytes:
    """A camt.053 file of our account, written as that version writes names and states."""
    newer = version >= 8
    body = "".join(entries)
    for kind, start, end in (("name", "<Pty><Nm>", "</Nm></Pty>"), ("status", "<Cd>", "</Cd>")):
        old = ("<Nm>", "</Nm>") if kind == "name" else ("", "")
        before, after = (start, end) if newer else old
        while f"@{kind}(" in body:
            head, _, rest = body.partition(f"@{kind}(")
            inner, _, tail = rest.partition(")")
            body = f"{head}{before}{inner}{after}{tail}"
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="CNY">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
        for code, amount in (("OPBD", opening), ("CLBD", closing))
        if amount
    )
    return (
        f'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:02}">'
        f"<BkToCstmrStmt><Stmt><Id>S1</Id><Acct><Id><IBAN>{OURS}</IBAN></Id><Ccy>CNY</Ccy></Acct>"
        f"{balances}{body}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def await_transfer(order: str, amount: Money, payer_id: int = 7, days: int = 3) -> PaymentView:
    """A payment of `stall:{order}` that waits for a bank transfer; `reference(it)` is quoted."""
    payment = services.intend_charge(
        purpose=f"stall:{order}",
        payer_id=payer_id,
        amount=amount,
        source="",
        description="A kettle",
        gateway="bank",
        open_for=timedelta(days),
    )
    services.drive(payment.op_id)
    return services.view(payment.id)


def reference(payment: PaymentView) -> str:
    """What the payer writes on the transfer."""
    return reference_of(payment.op_id)


_numbers = count(1)


def arrives(amount: str, **more: Any) -> dict[str, int]:
    """A statement with one line of its own is taken in and placed; how many became what."""
    return statement(entry(amount, **{"id": f"LINE-{next(_numbers)}", "reference": ""} | more))


def statement(*entries: str) -> dict[str, int]:
    """Take these lines in and place them."""
    bank_import.take_in(camt(*entries), "statement.xml", by="admin:1")
    return bank_placing.place_new()


def forget_everything() -> None:
    """Empty the sandbox processor's books: it keeps what other tests did, nobody rolls it back."""
    with sandbox_bank.engine().begin() as bank:
        bank.execute(text("set local role none"))
        for table in (disputes, objects):
            bank.execute(table.delete())
