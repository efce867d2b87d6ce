"""Lines of our bank's statement that a funding bank caused: they carry its reference."""

from sqlalchemy import select

from core.db import db
from finance.funding.bookkeeping import between
from finance.funding.models import Funder
from payments.bank_models import BankLine
from payments.bank_placing import Claim
from payments.bank_references import op_of, reference_of


def reference(bank: Funder) -> str:
    """What the bank writes on what it pays us, and we on what we pay it (ISO 11649)."""
    return reference_of(bank.id)


def claim(line: BankLine) -> Claim | None:
    """Money from or to a funding bank clears what is between us."""
    id = op_of(line.reference) if line.reference else None
    if id is None:
        return None
    query = select(Funder).where(Funder.id == id, Funder.currency == line.currency)
    bank = db.session.scalars(query).one_or_none()
    return Claim("funding", between(bank.code), f"funding:{bank.code}") if bank else None
