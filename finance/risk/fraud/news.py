"""Who is told about cases: the seller which orders, admins that something waits."""

from core import messages
from finance.risk.fraud.models import FraudCase, FraudProof
from mall import facts

PAGE = "/seller/capital/orders-to-prove/"


def found(case: FraudCase, orders: int, key: str) -> None:
    """The night found orders that do not count any more."""
    messages.send(
        facts.seller(case.subject_id).owner_id,
        "orders_suspected",
        key=f"fraud:{key}",
        link=PAGE,
        about=f"case:{case.number}",
        orders=orders,
    )
    messages.to_admins(
        "fraud_case", key=f"fraud:{key}", link=f"/admin/fraud/{case.number}", number=case.number
    )


def answered(case: FraudCase, proof: FraudProof) -> None:
    """A person has looked at a proof."""
    messages.send(
        facts.seller(case.subject_id).owner_id,
        "proof_answered",
        key=f"proof:{proof.id}:{proof.state}",
        link=PAGE,
        order=proof.order_number,
        counts=proof.state == "accepted",
        answer=proof.answer,
    )


def held(case: FraudCase, why: str) -> None:
    """Two people hold financing."""
    messages.send(
        facts.seller(case.subject_id).owner_id,
        "financing_held",
        key=f"held:{case.number}:{why}",
        link=PAGE,
        why=why,
    )
