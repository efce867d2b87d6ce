"""Every number of every box is worked out again here from the dated flows alone, another way."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from finance.contracts import boxes, building, documents
from finance.contracts.contract import Contract, Flow, Lender, Untrue, hash_of
from tests.factories import contracts as made

ALL = [(product, regime) for product in made.EVERY for regime in made.REGIMES]


def number(text: str) -> float:
    """`1,234.50 CNY` or `10.90 %` as a number."""
    return float(re.sub(r"[^\d.]", "", text))


def figures(contract: Contract, key: str, language: str = "en") -> dict[str, str]:
    """Label → value of a box, its main figure too."""
    document = documents.document(contract, key, language)
    found = {document["main"]["label"]: document["main"]["value"]}
    for block in document["blocks"]:
        if block["kind"] in ("facts", "figures"):
            found |= {item[0]: item[1] for item in block["items"]}
    return found


def years(start: date, day: date) -> float:
    """Whole months are twelfths, whole weeks parts of 52, other days of 365."""
    months = (day.year - start.year) * 12 + day.month - start.month
    if day.day == start.day:
        return months / 12
    days = (day - start).days
    return days / 7 / 52 if days % 7 == 0 else days / 365


def worth(flows: tuple[Flow, ...], yearly: float) -> float:
    start = flows[0].on
    return sum(f.amount / (1 + yearly) ** years(start, f.on) for f in flows)


def effective(flows: tuple[Flow, ...]) -> float:
    """The yearly rate at which all flows together are worth nothing, by halving, in floats."""
    low, high = -0.5, 50.0
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (low, middle) if worth(flows, middle) < 0 else (middle, high)
    return low


@pytest.mark.parametrize("product", made.EVERY)
def test_the_yearly_rates_agree_with_a_second_solver(product: str) -> None:
    contract = made.EVERY[product]("EU")
    again = effective(contract.flows)
    assert abs(contract.rates.effective / 1e6 - again) < 0.001  # days of a year are counted finer
    twelfth = 12 * ((1 + contract.rates.effective / 1e6) ** (1 / 12) - 1)
    assert abs(contract.rates.monthly / 1e6 - twelfth) < 1e-5


def test_3600_in_12_is_318_a_month_at_10_90_percent() -> None:
    contract = made.installments("US")
    us = figures(contract, "us")
    assert us["ANNUAL PERCENTAGE RATE"] == "10.90 %"
    assert us["FINANCE CHARGE"] == "216.00 CNY"
    assert us["Amount financed"] == "3,600.00 CNY"
    assert us["Total of payments"] == us["Total sale price"] == "3,816.00 CNY"
    payments = documents.document(contract, "us", "en")["blocks"]
    table = next(block for block in payments if block["kind"] == "payments")
    assert table["items"] == [["12", "318.00 CNY", "every month from 26 Dec 2026"]]
    assert figures(contract, "eu")["Annual percentage rate of charge (APR)"] == "11.46 %"
    assert figures(contract, "in")["Annual percentage rate (APR)"] == "10.90 %"
    assert figures(contract, "cn", "zh")["贷款年化利率（含全部成本）"] == "10.90%"


def test_a_sales_share_of_100000_shows_its_estimated_apr() -> None:
    """100,000 + 8,000 at 15 % of 2,600 a day: 276 × 389.90, then 387.60; 365 × the daily rate."""
    contract = made.sales_share("US")
    ca = figures(contract, "ca")
    assert ca["Estimated annual percentage rate (APR)"] == "20.48 %"
    assert ca["Finance charge"] == "8,000.00 CNY"
    assert ca["Funding provided"] == "100,000.00 CNY"
    assert ca["Estimated total payment amount"] == "108,000.00 CNY"
    assert ca["Estimated payment"] == "276 × 389.90 CNY, then 1 × 387.60 CNY"
    assert ca["Estimated term"] == "277 days"
    daily, left = 0.2048 / 365, 100_000.0
    for paid in [389.90] * 276 + [387.60]:
        left = left * (1 + daily) - paid
    assert abs(left) < 10  # a hundredth of a point is worth some 8.00 here


def test_an_order_paid_today_shows_what_is_kept_back() -> None:
    contract = made.early_settlement("US")
    ca = figures(contract, "ca")
    assert ca["Funding provided"] == "897.48 CNY"
    assert ca["Finance charge"] == ca["Prepaid finance charge"] == "2.52 CNY"
    assert number(ca["Estimated annual percentage rate (APR)"]) == round(
        2.52 / 897.48 * 365 / 7 * 100, 2
    )


@pytest.mark.parametrize(("product", "regime"), ALL)
def test_every_box_of_every_product_adds_up(product: str, regime: str) -> None:
    contract = made.EVERY[product](regime)
    out = -sum(f.amount for f in contract.flows if f.amount < 0) / 100
    back = sum(f.amount for f in contract.flows if f.amount > 0) / 100
    cost = round(back - out, 2)
    us, eu, uk = (figures(contract, key) for key in ("us", "eu", "uk"))
    assert [number(us[k]) for k in ("FINANCE CHARGE", "Amount financed", "Total of payments")] == [
        cost, out, back,
    ]  # fmt: skip
    assert number(eu["Total amount payable"]) == number(uk["Total amount payable"]) == back
    assert number(eu["Cost of credit"]) == number(uk["Cost of credit"]) == cost
    assert number(figures(contract, "cn")["All costs"]) == cost
    assert number(figures(contract, "ca")["Finance charge"]) == cost
    sheet = figures(contract, "in")
    fees = number(sheet["6. Fees payable at the start"]) if product == "early_settlement" else 0
    lent = number(sheet["1. Sanctioned loan amount"])
    assert number(sheet["7. Net disbursed amount (1 less 6)"]) == round(lent - fees, 2) == out
    interest = number(sheet["5. Total interest to be charged"])
    assert number(sheet["8. Total amount to be paid (1 plus 5)"]) == round(lent + interest, 2)
    assert round(interest + fees, 2) == cost


@pytest.mark.parametrize("product", made.EVERY)
def test_the_schedule_of_a_box_sums_to_its_total(product: str) -> None:
    contract = made.EVERY[product]("IN")
    blocks = documents.document(contract, "in", "en")["blocks"]
    table = next(block for block in blocks if block["kind"] == "schedule")
    if contract.rows:
        *rows, last = table["items"]
        assert round(sum(number(row[2]) for row in rows), 2) == number(last[2])
        assert number(rows[-1][5]) == 0
        total = number(last[2])
    else:
        total = sum(int(row[0]) * number(row[1]) for row in table["items"])
    assert round(total * 100) == contract.paid_back


def test_regulation_z_asks_only_for_a_charge_or_more_than_four_payments() -> None:
    assert boxes.asked_of(made.installments("US")) == ("us",)
    assert boxes.asked_of(made.pay_in_30("US")) == ()
    assert boxes.asked_of(made.pay_in_4("US")) == ()  # three payments after the first, no charge
    assert boxes.asked_of(made.interest_free("US")) == ("us",)  # six payments
    assert boxes.asked_of(made.sales_share("US")) == ("ca",)
    assert boxes.asked_of(made.pay_in_30("EU")) == ("eu",)
    assert boxes.asked_of(made.installments("IN")) == ("in",)
    assert boxes.asked_of(made.installments("BR")) == ("cn",)


def test_two_banks_and_the_mall_lend_together() -> None:
    """70 % at 6, 20 % at 7, 10 % at 12: 6.8 % together."""
    lenders = (
        Lender("甲银行", 700_000, 60_000),
        Lender("乙银行", 200_000, 70_000),
        Lender("借贷商城", 100_000, 120_000),
    )
    contract = made.installments("IN", lenders)
    full = documents.document(contract, "full", "en")["blocks"]
    table = next(block for block in full if block["kind"] == "lenders")
    assert table["items"] == [
        ["甲银行", "70.00 %", "6.00 %"],
        ["乙银行", "20.00 %", "7.00 %"],
        ["借贷商城", "10.00 %", "12.00 %"],
        ["In all", "100.00 %", "6.80 %"],
    ]
    said = figures(contract, "in")
    assert said["Blended price of the lenders"] == "6.80 %"
    assert "甲银行 70.00 %" in said["Lenders and their shares in a co-lending arrangement"]


def test_a_contract_that_does_not_add_up_is_not_made() -> None:
    contract = made.installments()
    building.check(contract)
    later = (*contract.flows[:-1], replace(contract.flows[-1], amount=31_900))
    wrong: list[dict[str, Any]] = [
        {"flows": later},
        {"rates": replace(contract.rates, monthly=100_000)},
        {"lenders": (Lender("借贷商城", 900_000),)},
        {"purchases": contract.purchases[:1]},
        {"fees": ()},
        {"rows": contract.rows[:-1]},
    ]
    for change in wrong:
        with pytest.raises(Untrue):
            building.check(replace(contract, **change))


@pytest.mark.parametrize("product", made.EVERY)
def test_a_contract_survives_its_own_text(product: str) -> None:
    contract = made.EVERY[product]("CN")
    again = Contract.from_text(contract.text)
    assert again == contract and again.hash == contract.hash == hash_of(contract.text)
    assert not re.search(r"\d\.\d|\d[eE]\d|NaN|: ", re.sub(r'"[^"]*"', '""', contract.text))
    tomorrow = replace(contract, on=contract.on + timedelta(1))
    assert tomorrow.hash != contract.hash


def test_the_hash_is_the_same_everywhere_and_always() -> None:
    """The bytes are written down: whole numbers, sorted keys, no spaces."""
    contract = made.installments()
    assert contract.text.startswith(
        '{"borrower":{"id":7,"name":"林晓"},"clauses":[{"key":"start.receipt","topic":"start"'
    )
    assert contract.hash == "4ac27e4fd315dc29281a81ef35ca12e1dc473c9c5c0c8ac897ae6b5fb6227b1f"
