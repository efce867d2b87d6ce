"""Several lines at once, in a journal or a set, say of each account what one after the other would."""

import random
from typing import Any

import pytest
from sqlalchemy import text

from core.money import Money
from core.use_case import use_case
from ledger import audit, book
from ledger.accounts import Account, account
from ledger.entries import Journal, Transfer
from tests.factories.ledger import CLEARING, DAY, PAYABLE, WALLET, journal, post
from tests.ledger.test_attacks import call, call_all, dump, refused

post_all = use_case(book.post_all)
EARLY, LATE = account("escrow", "O-9"), account("wallet", "9")


def world(name: str) -> list[Account]:
    """Accounts of every sort: busy ones, limited ones of both sides, and one without an owner."""
    owned = ("clearing", "seller_payable", "wallet", "escrow", "in_transit")
    return [*(account(kind, f"{name}{n}") for kind in owned for n in (1, 2)), account("bank")]


def some(name: str, seed: int, count: int) -> list[Journal]:
    """Journals of one to six lines in two currencies; limited accounts were filled before."""
    dice, accounts = random.Random(seed), world(name)
    made = []
    for number in range(count):
        lines = []
        for _ in range(dice.randint(1, 6)):
            places = dice.sample(range(len(accounts)), 2)
            amount = Money(dice.randint(1, 500), dice.choice(("CNY", "JPY")))
            lines.append(Transfer(accounts[places[0]], accounts[places[1]], amount, f"r{number}"))
        made.append(Journal(f"{name}:{number}", "test", "all", DAY, tuple(lines)))
    return made


def filled(name: str) -> list[Journal]:
    """1,000,000 on every limited account, out of the bank's."""
    lines = []
    for each in world(name):
        if each.kind.limited:
            sides = (
                (each, account("bank")) if each.kind.side == "debit" else (account("bank"), each)
            )
            lines += [Transfer(*sides, Money(1_000_000, money), "") for money in ("CNY", "JPY")]
    return [Journal(f"{name}:filled", "test", "all", DAY, tuple(lines))]


def told(name: str) -> list[Any]:
    """What the statements of all accounts but the bank's say, oldest line first."""
    return [
        [
            (line.key.split(":")[1], line.change.minor, line.balance.minor, line.version)
            for line in book.statement(each, money)
        ]
        for each in world(name)
        if each.owner
        for money in ("CNY", "JPY")
    ]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_set_says_what_single_journals_say(db: Any, seed: int) -> None:
    for each in filled("a") + some("a", seed, 25):
        post(each)
    answers = post_all(filled("b") + some("b", seed, 12))
    again = post_all(some("b", seed, 25))
    assert [each.fresh for each in again] == [False] * 12 + [True] * 13
    assert [each.journal_id for each in again[:12]] == [each.journal_id for each in answers[1:]]
    assert told("a") == told("b")
    assert [finding for finding in audit.run_own() if not finding.ok] == []


@pytest.mark.parametrize("form", [book.post, book.hold])
def test_what_falls_short_late_leaves_nothing_on_the_way(db: Any, form: Any) -> None:
    """Of three accounts the one that is met first is locked last, and has nothing."""

    @use_case
    def try_it_and_go_on() -> None:
        with pytest.raises(book.Overdrawn, match="wallet"):
            form(
                journal(
                    "no", (LATE, PAYABLE, "1.00"), (CLEARING, EARLY, "2.00"), (LATE, EARLY, "3")
                )
            )

    post(journal("before", (CLEARING, PAYABLE, "9.00"), (CLEARING, EARLY, "8.00")))
    try_it_and_go_on()
    assert book.balance(PAYABLE, "CNY").minor == 900
    assert book.balance(EARLY, "CNY").minor == 800
    counters = text("select sum(debits_pending + credits_pending + version) from ledger_account")
    assert db.session.execute(counters).scalar_one() == 4  # two lines, both sides
    assert [finding for finding in audit.run_own() if not finding.ok] == []


def test_what_counts_is_where_a_journal_ends(db: Any) -> None:
    """In a set too: the second journal passes through below zero and ends at nothing."""
    through = journal("through", (WALLET, PAYABLE, "3.00"), (CLEARING, WALLET, "2.00"))
    first = journal("first", (CLEARING, WALLET, "1.00"))
    assert [each.fresh for each in post_all([first, through])] == [True, True]
    assert book.balance(WALLET, "CNY").minor == 0
    with pytest.raises(book.Overdrawn, match=r"0\.01"):
        post_all(
            [journal("in", (CLEARING, WALLET, "1.00")), journal("out", (WALLET, PAYABLE, "1.01"))]
        )


HEADS = '[7, "raw", "test", "O-1", "2026-03-01"], [8, "more", "test", "O-1", "2026-03-01"]'


def lines(*journals: object) -> str:
    """Lines of the journals at these places of the set."""
    rest = '"1100:clearing:sandbox", "2110:seller_payable:S-1", 100, "CNY", "raw"'
    return ", ".join(f"[{each}, {rest}]" for each in journals)


@pytest.mark.parametrize("order", [(1, 2, 1), (2, 1, 2), (1, 1), (1, 2, 3), (0, 1, 2)])
def test_lines_of_one_journal_come_together(db: Any, order: Any) -> None:
    refused(db, call_all(HEADS, lines(*order)), why="not all together|no posting declares")
    assert db.session.execute(text(call_all(HEADS, lines(2, 2, 1)))).scalar_one() == ""
    assert len(book.journal("more").lines) == 2
    assert [finding for finding in audit.run_own() if not finding.ok] == []


def test_no_account_reads_like_another(db: Any) -> None:
    """A currency that goes on into the path would make two accounts one."""
    post(journal("before", (CLEARING, PAYABLE, "9.00")))
    tricks = (
        ("{1100:clearing:1,2110:seller_payable:S-1}", '{CNY,"CNY0:1100:clearing:"}'),
        ("{1100:clearing:1,1100:clearing:1}", '{CNY,""}'),
        ("{1100:clearing:1,1100:clearing:1}", "{CNY,null}"),
        ("{1100:clearing:1,1100:clearing:1}", "{CNY,CN}"),
    )
    for debits, currencies in tricks:
        forged = call(
            debits=f"'{debits}'",
            credits="'{2200:wallet:1,2200:wallet:1}'",
            amounts="'{1,1}'",
            currencies=f"'{currencies}'",
            reasons="'{a,b}'",
        ).replace(":", "\\:")
        refused(db, forged, why="is no currency")


def test_a_journal_of_many_lines_is_what_it_says(db: Any) -> None:
    """Eighty lines over sixty accounts: versions and balances go up one by one."""
    accounts = [account("seller_payable", f"S-{n}") for n in range(60)]
    moved = tuple((CLEARING, accounts[n % 60], f"{n + 1}.00") for n in range(80))
    whole = journal("many", *moved)
    assert (post(whole).fresh, post(whole).fresh) == (True, False)
    balances = [line.balance.minor for line in book.statement(accounts[3], "CNY")]
    assert balances == [400, 6800]
    before = dump(db)
    with pytest.raises(book.KeyClash):
        post(journal("many", *moved[:-1]))
    assert dump(db) == before
    assert [finding for finding in audit.run_own() if not finding.ok] == []
