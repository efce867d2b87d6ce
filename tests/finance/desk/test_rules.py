"""Portfolio at risk, expected loss and vintages, worked by hand."""

from datetime import date

from finance.desk import rules
from finance.desk.rules import Contract

TODAY = date(2026, 11, 25)


def contract(owed, **said):
    known = {
        "kind": "loan",
        "number": "L-1",
        "product": "installments",
        "grade": "B",
        "pd_ppm": 10_000,
        "subject_id": 1,
        "began_on": date(2026, 1, 10),
        "closed_on": None,
        "principal": 100_000,
        "state": "active",
        "oldest": None,
        "lost_on": None,
    }
    return Contract(owed=owed, **{**known, **said})


def test_at_risk_is_principal_of_late_contracts_over_all():
    book = [contract(75_000), contract(25_000, oldest=date(2026, 10, 25))]  # 31 days
    assert rules.par_ppm(book, 30, TODAY) == 250_000
    assert rules.par_ppm(book, 60, TODAY) == 0


def test_thirty_days_late_is_not_yet_at_risk():
    assert rules.par_ppm([contract(1, oldest=date(2026, 10, 26))], 30, TODAY) == 0


def test_what_has_ended_is_neither_late_nor_outstanding():
    gone = contract(5_000, state="charged_off", oldest=date(2026, 1, 1))
    assert (rules.outstanding([gone]), rules.par_ppm([gone], 30, TODAY)) == (0, 0)


def test_expected_loss_is_pd_times_lgd_times_owed():
    book = [contract(1_000_000), contract(1_000_000, product="order_advance")]
    assert rules.expected_loss(book) == 6_000 + 1_500


def test_owed_by_product_and_grade():
    book = [contract(10), contract(20, grade="A"), contract(5), contract(7, state="paid")]
    assert rules.by_product_and_grade(book) == {
        "installments": {"A": 20, "B": 15, "C": 0, "D": 0, "E": 0}
    }


def test_a_vintage_rises_with_its_defaults_and_ends_where_it_is_young():
    book = [
        contract(0, began_on=date(2026, 8, 1)),
        contract(0, began_on=date(2026, 8, 1), lost_on=date(2026, 10, 5)),
        contract(0, began_on=date(2026, 5, 1)),
    ]
    second, third = rules.vintages(book, TODAY)
    assert (second.name, second.lost_ppm) == ("2026 Q2", (0,) * 7)
    assert (third.name, third.lost_ppm) == ("2026 Q3", (0, 0, 500_000, 500_000))


def test_months_are_whole():
    assert rules.months_between(date(2026, 1, 31), date(2026, 2, 28)) == 0
    assert rules.months_between(date(2026, 1, 15), date(2027, 1, 15)) == 12
