"""A case says in words what it is about, and leads to the page that shows it."""

import pytest

from mall.office.case_words import about, known


@pytest.mark.parametrize(
    ("ref", "words", "path"),
    [
        ("checkout:C-100", "Checkout C-100", "/admin/orders?q=C-100"),
        ("seller:7:key", "Payment of a shop, 7", "/admin/sellers/7"),
        ("wallet:W-1", "Money for a balance, W-1", ""),
        ("loan:L-5:auto:2", "Loan L-5", ""),
        ("bank:841", "A line of our bank's statement", ""),
        ("P-9", "P-9", ""),
    ],
)
def test_what_it_is_about(ref: str, words: str, path: str) -> None:
    assert about(ref) == (words, path)


def test_ids_that_the_page_shows_otherwise_are_left_out() -> None:
    facts = {"rest": 841, "line": 842, "op": 843, "run": 5, "in_our_book": "nothing"}
    assert known(facts) == [
        ("Found by", ("this comparison", "/admin/reconciliation/5")),
        ("In our book", ("nothing", "")),
    ]
