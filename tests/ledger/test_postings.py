"""What a bookkeeping function makes is what it declares."""

from datetime import date

import pytest
from sqlalchemy import insert

from core.money import Money
from ledger import audit_declared, declaring, postings
from ledger.accounts import account
from ledger.entries import Journal, Transfer, moves
from ledger.models import declared
from ledger.postings import UndeclaredPosting, piece, posting
from tests.factories.ledger import DAY, hold, post, reverse, settle, void
from tests.factories.owner import as_owner

ONE = Money(100, "CNY")
ESCROW, PAYABLE, WALLET = (
    account("escrow", "O-1"),
    account("seller_payable", "S-1"),
    account("wallet", "7"),
)
CLEARING, FEES = account("clearing", "sandbox"), account("commission", "0")


@pytest.fixture(autouse=True)
def no_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("_declared", "_own", "_pieces", "_causes", "_undoing", "_of_pieces"):
        monkeypatch.setattr(postings, name, {})


def released(*lines: Transfer, key: str = "release:O-1", kind: str = "order.released") -> Journal:
    @posting("order.released", "escrow > seller_payable, commission", key="release:{order}")
    def make(on: date) -> Journal:
        """The shopper has the goods."""
        return Journal(key, kind, "O-1", on, lines)

    return make(DAY)


def test_what_is_declared_may_be_made() -> None:
    journal = released(*moves((ESCROW, PAYABLE, ONE, ""), (ESCROW, FEES, ONE, "")))
    assert len(journal.transfers) == 2
    assert postings.declared()[0].says == "The shopper has the goods."


@pytest.mark.parametrize(
    ("lines", "how", "why"),
    [
        (((ESCROW, WALLET),), {}, "escrow > wallet"),
        (((PAYABLE, ESCROW),), {}, "seller_payable > escrow"),
        (((ESCROW, PAYABLE),), {"kind": "order.refunded"}, "declares order.released"),
        (((ESCROW, PAYABLE),), {"key": "refund:O-1"}, "key refund:O-1"),
        (((ESCROW, PAYABLE),), {"key": "release:"}, "key release:"),
    ],
)
def test_anything_else_is_refused(lines, how, why) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(UndeclaredPosting, match=why):
        released(*(Transfer(d, c, ONE) for d, c in lines), **how)


def test_a_piece_goes_into_the_journals_it_names() -> None:
    @piece("seller_payable > wallet", into="order.released")
    def shared(lines: tuple[Transfer, ...]) -> tuple[Transfer, ...]:
        """The seller shares with the shopper."""
        return lines

    share = shared((Transfer(PAYABLE, WALLET, ONE),))
    assert released(Transfer(ESCROW, PAYABLE, ONE), *share)
    with pytest.raises(UndeclaredPosting, match="seller_payable > commission"):
        shared((Transfer(PAYABLE, FEES, ONE),))


def test_a_declaration_needs_words_and_known_accounts() -> None:
    with pytest.raises(TypeError, match="sentence"):
        posting("a", "escrow > wallet", key="a")(lambda: None)

    with pytest.raises(TypeError, match="no such account in the chart: purse"):

        @posting("a", "escrow > purse", key="a")
        def make() -> None:
            """Words."""


def test_the_audit_names_a_journal_that_nobody_declares(db) -> None:  # type: ignore[no-untyped-def]
    @posting("sale", "clearing > escrow", key="sale:{n}")
    def sale() -> None:
        """Paid."""

    @posting("payout.asked", "escrow > payout_in_flight", key="payout:{n}")
    def asked() -> None:
        """Held."""

    postings.settlement("payout.sent", settles="payout.asked", key="sent:{n}", says="Gone.")
    as_of_an_earlier_release = [("sale", 2100, 2200), ("gift", 1100, 2200)]
    with as_owner():
        declaring.save(db.session.connection())
        for kind, debit, credit in as_of_an_earlier_release:
            values = {"kind": kind, "debit": debit, "credit": credit}
            db.session.execute(
                insert(declared).values(**values, debit_busy=False, credit_busy=False)
            )
    flight = account("payout_in_flight", "P-1")
    post(Journal("sale:1", "sale", "O-1", DAY, (Transfer(CLEARING, ESCROW, ONE * 9),)))
    for n in (1, 2):
        lines = (Transfer(ESCROW, flight, ONE),)
        hold(Journal(f"payout:{n}", "payout.asked", "P-1", DAY, lines))
    settle("payout:1", key="sent:1", kind="payout.sent", on=DAY)
    reverse("sent:1", new_key="back:1", why="no", on=DAY)
    void("payout:2", on=DAY)
    assert list(audit_declared.undeclared()) == []
    post(Journal("odd", "sale", "O-1", DAY, (Transfer(ESCROW, WALLET, ONE),)))
    post(Journal("new", "gift", "O-1", DAY, (Transfer(CLEARING, WALLET, ONE),)))
    assert list(audit_declared.undeclared()) == [
        "new: gift does not declare clearing > wallet",
        "odd: sale does not declare escrow > wallet",
    ]
