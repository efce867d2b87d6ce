"""Which test attacks which of the forty invariants of `docs/ledger.md`."""

import ast
import re
from pathlib import Path

import pytest

from tests.ledger import test_forty_attacks, test_lender_attacks

HERE = Path(__file__).resolve().parents[2]
BOOK = "tests/ledger/test_forty_attacks.py::test_the_book"
SALES = "tests/ledger/test_forty_attacks.py::test_sales"
DISPUTE = "tests/ledger/test_forty_attacks.py::test_a_dispute"
COLUMNS = "tests/ledger/test_every_column.py::test_no_column_of_money_is_changed_alone"
TWICE = "tests/ledger/test_every_column.py::test_no_row_is_written_twice_under_another_id"
SENT = "tests/payments/test_out_of_charges.py::test_raw_sql_does_not_change_what_was_sent_out_of_a_charge"
DEBTS = "tests/ledger/test_more_attacks.py::test_debts"
PLAN = "tests/ledger/test_lender_attacks.py::test_a_plan"
RESHAPED = "tests/ledger/test_lender_attacks.py::test_a_reshaped_plan"
TERM = "tests/ledger/test_lender_attacks.py::test_a_term_loan"
DAY = "tests/ledger/test_lender_attacks.py::test_a_day"
LINE = "tests/ledger/test_lender_attacks.py::test_a_line_of_a_statement"
RIGHTS = "tests/core/test_roles.py::test_what_happened_stays_as_it_was_written"
POWERS = "tests/core/test_roles.py::test_the_application_has_no_power_over_the_tables"
EMPTIED = "tests/core/test_roles.py::test_no_table_is_emptied_and_few_forget_a_row"
PAST = "tests/ledger/test_attacks.py::test_no_row_of_the_past_is_touched"

ATTACKED = {
    1: (BOOK, POWERS),
    2: (BOOK,),
    3: (BOOK,),
    4: (BOOK,),
    5: (BOOK,),
    6: (BOOK, EMPTIED),
    7: (BOOK,),
    8: (BOOK,),
    9: (BOOK, PAST, RIGHTS, EMPTIED),
    10: (BOOK,),
    11: (BOOK, "tests/ledger/test_races.py::test_one_key_from_eight_sessions_is_one_journal"),
    12: (BOOK, "tests/ledger/test_chain.py"),
    13: ("tests/ledger/test_races.py::test_a_refused_action_leaves_every_row_as_it_was",),
    14: (BOOK,),
    15: (SALES, COLUMNS, TWICE),
    16: (SALES, SENT, COLUMNS, TWICE),
    17: (SALES, TWICE),
    18: (SALES, TWICE),
    19: ("tests/payments/test_crashes.py", COLUMNS),
    20: (SALES, TWICE),
    21: (SALES,),
    22: (SALES, TWICE),
    23: (SALES, TWICE, "tests/ledger/test_more_attacks.py"),
    24: (SALES, TERM, DEBTS, COLUMNS, TWICE),
    25: (DISPUTE, TWICE),
    26: (DISPUTE, COLUMNS, TWICE),
    27: (SALES, COLUMNS),
    28: (PLAN, RESHAPED, TERM, COLUMNS, TWICE),
    29: (TERM, DAY, COLUMNS),
    30: (TERM, DAY, "tests/ledger/test_more_attacks.py"),
    31: (TERM, "tests/stories/test_lending_adds_up.py", TWICE),
    32: (TERM, DAY),
    33: (DAY,),
    34: (SALES, TERM),
    35: ("tests/payments/test_reconcile.py",),
    36: ("tests/payments/test_reconcile.py",),
    37: (SALES, LINE, COLUMNS),
    38: (SALES, LINE, TWICE),
    39: ("tests/payments/test_stripe_notices.py::test_any_notices_and_one_look_end_the_same",),
    40: ("tests/core/test_money.py::test_only_whole_numbers_are_money",),
}


def test_each_of_the_forty_is_attacked() -> None:
    told = re.findall(r"^\| (\d+) \| .* \| `.*` \|$", (HERE / "docs/ledger.md").read_text(), re.M)
    assert list(map(int, told)) == list(ATTACKED) == list(range(1, 41))


@pytest.mark.parametrize("place", sorted({each for tests in ATTACKED.values() for each in tests}))
def test_the_attack_is_there(place: str) -> None:
    file, _, name = place.partition("::")
    tree = ast.parse((HERE / file).read_text())
    tests = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in tests if name else any(each.startswith("test_") for each in tests)


@pytest.mark.parametrize(
    ("name", "attacks"),
    [
        (BOOK, test_forty_attacks.BOOK),
        (SALES, test_forty_attacks.SALES),
        (DISPUTE, test_forty_attacks.DISPUTED),
        (PLAN, test_lender_attacks.PLAN),
        (DAY, test_lender_attacks.DAY),
        (TERM, test_lender_attacks.ADVANCE),
    ],
    ids=lambda each: each.partition("::")[2] if isinstance(each, str) else "",
)
def test_whoever_says_a_number_attacks_it(name: str, attacks: list[object]) -> None:
    numbers = {attack.number for attack in attacks}  # type: ignore[attr-defined]
    assert {number for number, tests in ATTACKED.items() if name in tests} == numbers
