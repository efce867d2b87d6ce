"""Files of credit outcomes made by dice, each like a known public one in what makes it hard to read.

Each function gives (columns, log odds of being bad): the columns as they would stand in a file
(text or numbers by name), and the truth that the dice were thrown for. Nobody in them is real.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Made = tuple[dict[str, Any], Array]
Dice = np.random.Generator


def revolving(dice: Dice, rows: int) -> Made:
    """Like *Give Me Some Credit*: heavy tails, codes 96 and 98, counts that are bad at both ends."""
    trouble = dice.normal(size=rows)
    used, worn = _used(dice, trouble)
    age = np.clip(dice.normal(52, 15, rows) - 3 * trouble, 21, 105).round()
    late = [_late(dice, trouble, share) for share in (0.16, 0.06, 0.05)]
    coded = dice.random(rows) < 0.0018
    strange = np.where(dice.random(coded.sum()) < 0.02, 96, 98)
    for times in late:
        times[coded] = strange
    income = dice.lognormal(8.6, 0.75, rows).round()
    income[dice.random(rows) < 0.012] = 0
    unsaid = dice.random(rows) < 0.198
    debts = dice.lognormal(7.2, 1.3, rows)
    ratio = np.where(unsaid, debts.round(), (debts / (income + 1)).round(9))
    lines = dice.negative_binomial(3.2, 3.2 / (3.2 + 8.45), rows)
    homes = np.minimum(dice.negative_binomial(1.6, 1.6 / (1.6 + 1.02), rows), 54)
    kin = np.minimum(dice.geometric(0.57, rows) - 1, 20)
    odds = 0.55 * trouble + worn - 0.022 * (age - 52)
    for times, weight in zip(late, (0.85, 1.35, 1.15), strict=True):
        odds = odds + weight * np.minimum(np.log1p(times), 1.6)
    odds = odds + np.where(lines < 7, 0.13 * (7 - lines), 0.035 * np.minimum(lines - 7, 30))
    odds = odds + np.select([homes == 0, homes <= 2], [0.35, 0], 0.22 * np.minimum(homes - 2, 8))
    odds = odds + np.where(unsaid, -0.15, np.clip(0.35 * (8.6 - np.log1p(income)), -0.7, 0.5))
    odds = odds + np.where(unsaid, 0, np.clip(0.8 * ratio, 0, 0.9)) + 0.07 * np.minimum(kin, 6)
    columns = {
        "": np.arange(1, rows + 1),
        "RevolvingUtilizationOfUnsecuredLines": used.round(9),
        "age": age.astype(int),
        "NumberOfTime30-59DaysPastDueNotWorse": late[0],
        "DebtRatio": ratio,
        "MonthlyIncome": _gaps(income.astype(int), unsaid, "NA"),
        "NumberOfOpenCreditLinesAndLoans": lines,
        "NumberOfTimes90DaysLate": late[1],
        "NumberRealEstateLoansOrLines": homes,
        "NumberOfTime60-89DaysPastDueNotWorse": late[2],
        "NumberOfDependents": _gaps(kin, dice.random(rows) < 0.026, "NA"),
    }
    return columns, odds


def _used(dice: Dice, trouble: Array) -> tuple[Array, Array]:
    """How much of a card is used (1.x: overdrawn, thousands: a mistake), and what that adds."""
    rows = len(trouble)
    inside = 1 / (1 + np.exp(-(1.6 * dice.normal(size=rows) + 0.9 * trouble - 0.9)))
    kind = dice.choice(4, rows, p=[0.905, 0.073, 0.0204, 0.0016])
    used = np.select([kind == 0, kind == 1], [inside, 0.0], 1 + dice.exponential(0.15, rows))
    used = np.where(kind == 3, dice.lognormal(6.5, 1.2, rows) + 11, used)
    worn = np.select([kind == 1, kind == 2, kind == 3], [0.1, 2.0, 0.4], -0.5 + 2.1 * inside)
    return used, worn


def _late(dice: Dice, trouble: Array, share: Any) -> Array:
    times = dice.poisson(share * np.exp(0.9 * trouble - 0.4))
    return np.minimum(times, 17)


def bureau(dice: Dice, rows: int) -> Made:
    """Like *HELOC*: whole numbers of a bureau with the codes −7, −8, −9, half of them bad."""
    well = dice.normal(size=rows)
    columns: dict[str, Any] = {}
    odds = -0.35 * well
    for name, at, spread, way, bend in _BUREAU:
        seen = 0.55 * way * well + dice.normal(size=rows)
        value = np.maximum(0, np.round(at + spread * seen)).astype(int)
        odds = odds - 0.16 * way * np.tanh(seen) + bend * (seen**2 - 1.3)
        value = np.where(dice.random(rows) < 0.05, -8, value)
        if at < 3:
            never = dice.random(rows) < 0.4
            value, odds = np.where(never, -7, value), odds - 0.2 * never
        columns[name] = value
    none = dice.random(rows) < 0.056
    for name, value in columns.items():
        columns[name] = np.where(none, -9, value)
    return columns, np.where(none, 0.2, odds)


_BUREAU = (
    ("ExternalRiskEstimate", 72, 10, 1, 0.0),
    ("MSinceOldestTradeOpen", 200, 90, 1, 0.0),
    ("MSinceMostRecentTradeOpen", 9, 11, 1, 0.0),
    ("AverageMInFile", 78, 33, 1, 0.0),
    ("NumSatisfactoryTrades", 21, 11, 1, 0.06),
    ("NumTrades60Ever2DerogPubRec", 1, 1, -1, 0.0),
    ("NumTrades90Ever2DerogPubRec", 1, 1, -1, 0.0),
    ("PercentTradesNeverDelq", 92, 10, 1, 0.0),
    ("MSinceMostRecentDelq", 2, 20, 1, 0.0),
    ("MaxDelq2PublicRecLast12M", 5, 2, 1, 0.0),
    ("MaxDelqEver", 6, 2, 1, 0.0),
    ("NumTotalTrades", 23, 13, 1, 0.05),
    ("NumTradesOpeninLast12M", 2, 2, -1, 0.0),
    ("PercentInstallTrades", 34, 17, -1, 0.05),
    ("MSinceMostRecentInqexcl7days", 2, 5, 1, 0.0),
    ("NumInqLast6M", 1, 2, -1, 0.0),
    ("NetFractionRevolvingBurden", 35, 28, -1, 0.0),
    ("NetFractionInstallBurden", 68, 20, -1, 0.0),
    ("NumRevolvingTradesWBalance", 4, 3, -1, 0.04),
    ("PercentTradesWBalance", 66, 22, -1, 0.0),
)


def marketplace(dice: Dice, rows: int) -> Made:
    """Like *LendingClub*: "36 months", "13.5%", "10+ years", "Dec-2011", free text, and leaks."""
    rank = dice.normal(size=rows)
    grade = np.clip(np.round(1.9 + 1.3 * rank + 0.4 * dice.normal(size=rows)), 0, 6).astype(int)
    step = dice.integers(1, 6, rows)
    rate = (5.5 + 2.9 * grade + 0.5 * step + 0.3 * dice.normal(size=rows)).round(2)
    long = dice.random(rows) < 0.25
    income = dice.lognormal(11, 0.5, rows).round(-2)
    used = np.clip(54 + 25 * dice.normal(size=rows) + 6 * rank, 0, 140).round(1)
    asked = dice.poisson(0.85, rows)
    job = dice.integers(0, 12, rows)
    why = dice.choice(len(_WHY), rows, p=[0.47, 0.13, 0.08, 0.07, 0.05, 0.03, 0.17])
    state = dice.integers(0, 50, rows)
    past = dice.integers(1, 90, rows)
    odds = 0.42 * grade + 0.06 * step + 0.55 * long - 0.55 * (np.log(income) - 11) + 0.18 * asked
    odds = (
        odds + 0.006 * (used - 54) + np.array(_WHY_ADDS)[why] + 0.25 * dice.normal(size=50)[state]
    )
    odds = odds + np.where(job == 11, 0.35, 0)
    paid = np.round(dice.gamma(3, 3000, rows) - 2500 * np.tanh(odds), 2)
    month = dice.integers(0, 48, rows)
    columns = {
        "id": 1_000_000 + dice.permutation(rows * 3)[:rows],
        "loan_amnt": dice.integers(20, 1400, rows) * 25,
        "term": [f" {60 if each else 36} months" for each in long],
        "int_rate": [f"{each:.2f}%" for each in rate],
        "grade": [_GRADES[each] for each in grade],
        "sub_grade": [f"{_GRADES[g]}{s}" for g, s in zip(grade, step, strict=True)],
        "emp_title": [f"Worker of firm {n}" for n in dice.integers(0, rows // 2, rows)],
        "emp_length": [_JOBS[each] for each in job],
        "home_ownership": dice.choice(["RENT", "MORTGAGE", "OWN", "OTHER"], rows),
        "annual_inc": income,
        "issue_d": [f"{_MONTHS[n % 12]}-{2008 + n // 12}" for n in month],
        "purpose": [_WHY[each] for each in why],
        "title": [f"my {_WHY[each]}, loan no. {n}" for n, each in enumerate(why)],
        "zip_code": [f"{each:03d}xx" for each in dice.integers(100, 999, rows)],
        "addr_state": [f"S{each:02d}" for each in state],
        "dti": np.round(dice.uniform(0, 30, rows), 2),
        "inq_last_6mths": asked,
        "mths_since_last_delinq": _gaps(past, dice.random(rows) < 0.63, ""),
        "earliest_cr_line": [f"{_MONTHS[n % 12]}-{1970 + n % 35}" for n in past * 7],
        "revol_util": _gaps(np.array([f"{each}%" for each in used]), dice.random(rows) < 0.002, ""),
        "policy_code": ["1"] * rows,
        "total_pymnt": paid,
        "recoveries": np.maximum(0, np.round(80 * odds, 2)),
    }
    return columns, odds


_GRADES = "ABCDEFG"
_JOBS = ("< 1 year", "1 year", *(f"{n} years" for n in range(2, 10)), "10+ years", "n/a")
_WHY = ("debt_consolidation", "credit_card", "other", "home", "purchase", "small_business", "car")
_WHY_ADDS = (0.1, -0.2, 0.2, -0.1, -0.3, 0.7, -0.35)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def coded(dice: Dice, rows: int) -> Made:
    """Like *Australian* and *Japanese* credit: few rows, names in place of meanings, "?"."""
    kinds = [(f"A{n}", size) for n, size in ((1, 2), (4, 3), (5, 14), (6, 9), (8, 2), (9, 2))]
    columns: dict[str, Any] = {}
    odds = np.zeros(rows)
    for place, (name, size) in enumerate(kinds):
        shares = dice.dirichlet(np.full(size, 3.0))
        kind = dice.choice(size, rows, p=shares)
        odds = odds + (dice.normal(size=size) * (1.9 if place == 4 else 0.5))[kind]
        names = np.array([chr(97 + n) * (1 + n % 2) for n in range(size)])
        columns[name] = _gaps(names[kind], dice.random(rows) < 0.012, "?")
    for name, spread, weight in (("A2", 0.3, -0.1), ("A3", 0.9, 0.2), ("A7", 1.2, -0.5)):
        z = dice.normal(size=rows)
        columns[name] = _gaps(np.exp(1.5 + spread * z).round(3), dice.random(rows) < 0.015, "?")
        odds = odds + weight * z
    count = dice.geometric(0.4, rows) - 1
    columns["A10"], odds = count, odds - 0.45 * np.minimum(count, 5)
    columns["A14"] = np.where(dice.random(rows) < 0.43, 0, dice.lognormal(6, 1.8, rows).round())
    return columns, odds - 0.2 * np.log1p(columns["A14"])


def wide(dice: Dice, rows: int) -> Made:
    """Like *Home Credit*: 120 columns, many empty, many nearly constant, a few that matter."""
    columns: dict[str, Any] = {"SK_ID_CURR": 100_002 + dice.permutation(rows * 2)[:rows]}
    odds = np.zeros(rows)
    for place, gap in enumerate((0.56, 0.002, 0.2), 1):
        value = 1 / (1 + np.exp(-dice.normal(0.1, 0.9, rows)))
        none = dice.random(rows) < gap
        columns[f"EXT_SOURCE_{place}"] = _gaps(value.round(9), none, "")
        odds = odds + np.where(none, 0.1, 2.2 * (0.5 - value))
    born = dice.integers(7_500, 25_200, rows)
    pension = born > 21_500
    work = np.minimum(dice.exponential(2_400, rows), born - 6_500).astype(int)
    columns["DAYS_BIRTH"] = -born
    columns["DAYS_EMPLOYED"] = np.where(pension, 365_243, -work)
    odds = odds - 0.00003 * (born - 16_000) - np.where(pension, 0.3, 0.00012 * work)
    firm = dice.integers(0, 58, rows)
    columns["ORGANIZATION_TYPE"] = [f"Business Entity Type {n}" for n in firm]
    columns["OCCUPATION_TYPE"] = _gaps(
        np.array([f"work {n}" for n in firm % 18]), dice.random(rows) < 0.31, ""
    )
    columns["CODE_GENDER"] = dice.choice(["F", "M"], rows, p=[0.66, 0.34])
    odds = odds + (0.25 * dice.normal(size=58))[firm] + 0.3 * (columns["CODE_GENDER"] == "M")
    for n in range(12):
        amount = dice.lognormal(11 + n / 6, 0.8, rows)
        columns[f"AMT_{n}"] = amount.round(1)
        odds = odds + (0.12 if n < 3 else 0.0) * np.tanh(np.log(amount) - 11 - n / 6)
    quality = dice.normal(size=rows)
    for n in range(47):
        seen = 1 / (1 + np.exp(-(dice.normal(size=rows) + 0.5 * quality)))
        seen = np.where(dice.random(rows) < 0.15, 0, seen.round(4))
        columns[f"HOUSE_{n}_AVG"] = _gaps(seen, dice.random(rows) < 0.55 + n / 300, "")
    odds = odds - 0.1 * quality
    for n in range(20):
        columns[f"FLAG_DOCUMENT_{n + 2}"] = (dice.random(rows) < 0.0004 * 1.5**n).astype(int)
    for n in range(31):
        columns[f"COUNT_{n}"] = dice.poisson(0.2 + n / 10, rows)
        odds = odds + (0.08 if n % 6 == 0 else 0) * np.minimum(columns[f"COUNT_{n}"], 4)
    return columns, odds


def ratios(dice: Dice, rows: int) -> Made:
    """Like *Polish bankruptcies*: sixty-four ratios with tails at both ends, bad at both ends."""
    health = dice.normal(size=rows)
    columns: dict[str, Any] = {}
    odds = -0.5 * health
    for n in range(1, 65):
        z = 0.5 * health * (-1) ** n + dice.normal(size=rows)
        value = (np.sinh(1.3 * z) / 5 + 0.1).round(5)
        columns[f"Attr{n}"] = _gaps(value, dice.random(rows) < (0.4 if n == 37 else 0.01), "?")
        if n % 7 == 0:
            odds = odds + 0.3 * (np.abs(z) - 0.9)
        elif n % 5 == 0:
            odds = odds - 0.22 * (-1) ** n * z
    return columns, odds


def _gaps(values: Array, where: Array, said: str) -> list[Any]:
    return [said if gap else value for value, gap in zip(values.tolist(), where, strict=True)]


# name: (maker, rows, share that is bad, column of the outcome, its two values, columns to drop)
FILES: dict[str, tuple[Callable[[Dice, int], Made], int, Any, str, tuple[str, str], Sequence[str]]]
FILES = {
    "revolving": (revolving, 150_000, 0.067, "SeriousDlqin2yrs", ("0", "1"), ()),
    "bureau": (bureau, 10_459, 0.52, "RiskPerformance", ("Good", "Bad"), ()),
    "marketplace": (
        marketplace,
        20_000,
        0.15,
        "loan_status",
        ("Fully Paid", "Charged Off"),
        ("issue_d", "total_pymnt", "recoveries"),
    ),
    "coded": (coded, 690, 0.445, "A16", ("+", "-"), ()),
    "wide": (wide, 10_000, 0.081, "TARGET", ("0", "1"), ("CODE_GENDER",)),
    "ratios": (ratios, 7_027, 0.066, "class", ("b'0'", "b'1'"), ()),
}
