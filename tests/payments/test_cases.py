"""Cases: opened once per cause, closed once with words."""

import pytest

from core.errors import InvalidInput, NotFound
from payments import cases
from payments.cases import CaseClosed
from tests.factories.payments import yuan

pytestmark = pytest.mark.usefixtures("db")


def make_case(key: str = "line:1", amount: str = "12.00") -> int:
    return cases.open_case(
        "unknown_money", "line:1", yuan(amount), "Nobody's reference.", key, {"line": 1}
    )


def test_the_same_cause_is_one_case() -> None:
    first = make_case()
    assert make_case() == first
    assert make_case("line:2") != first
    assert cases.counts() == {"open": 2, "closed": 0}


def test_a_case_says_what_it_is_and_how_to_close_it() -> None:
    found = cases.case(make_case())
    assert (found.amount, found.why, found.facts) == (
        yuan("12.00"),
        "Nobody's reference.",
        {"line": 1},
    )
    assert found.about.title == "Money from nobody we know"
    assert "send it back" in found.about.todo


def test_a_case_ends_once_and_with_words() -> None:
    id = make_case()
    with pytest.raises(InvalidInput):
        cases.close_case(id, "admin:1", "  ")
    cases.close_case(id, "admin:1", "It was Monday's parcel.")
    cases.close_case(id, "admin:2", "It was Monday's parcel.")
    with pytest.raises(CaseClosed, match=r"Monday's parcel"):
        cases.close_case(id, "admin:2", "No, Tuesday's.")
    assert cases.case(id).closed_by == "admin:1"
    assert [case.id for case in cases.listed("closed")] == [id]
    assert cases.listed("open") == cases.open_of("line:1") == []


def test_closed_by_its_key_when_it_explained_itself() -> None:
    make_case()
    assert cases.close_by_key("line:1", "the bank", "The rest came.")
    assert not cases.close_by_key("line:1", "the bank", "The rest came.")
    assert not cases.close_by_key("line:9", "the bank", "Nothing.")


def test_there_is_no_case_without_a_kind_or_an_id() -> None:
    with pytest.raises(LookupError):
        cases.open_case("strange", "x", yuan("1.00"), "?", "x")
    with pytest.raises(NotFound):
        cases.case(5)
