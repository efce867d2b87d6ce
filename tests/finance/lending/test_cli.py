"""The lender's commands: JSON in, JSON out, errors that name the field."""

import json
from decimal import Decimal

from click.testing import CliRunner, Result

from finance.lending.cli import apr
from finance.lending.replay.text import parse

LOAN = {
    "method": "effective",
    "flows": [{"months": 0, "amount": "1000"}, {"months": 12, "amount": "-1100"}],
}


def _asked(text: str, *words: str) -> Result:
    return CliRunner().invoke(apr, words, input=text)


def _wrong(**changes: object) -> str:
    result = _asked(json.dumps({**LOAN, **changes}))
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.strip()


def test_one_object_in_one_out() -> None:
    result = _asked(json.dumps(LOAN, indent=2))
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert (said["percent"], said["shown_percent"], said["method"]) == (10, 10, "effective")


def test_a_bad_line_is_answered_in_its_place() -> None:
    good = json.dumps(LOAN)
    result = _asked(f'{good}\n{{"method": "x"}}\nnot json\n\n{good}\n', "--lines")
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert [one.get("percent") for one in said] == [10, None, None, 10]
    assert said[1]["field"] == "method"
    assert "method: must be one of" in result.stderr
    assert "input: is not JSON" in result.stderr


def test_what_is_wrong_is_named() -> None:
    first = LOAN["flows"][0]
    assert _wrong(method="apr").startswith("method: must be one of us_actuarial, effective")
    assert _wrong(flows={}) == "flows: must be a list"
    assert _wrong(flows=[first, {"months": 1}]) == "flows[1].amount: is missing"
    assert _wrong(flows=[first, {"months": 1, "amount": "1O"}]).startswith("flows[1].amount: is")
    assert _wrong(flows=[first, {"amount": 1}]).startswith("flows[1]: needs exactly one time")
    assert _wrong(flows=[{"on": "2026-02-30", "amount": 1}]).startswith("flows[0].on: is not a d")
    assert _wrong(flows=[first, {"on": "2026-02-01", "amount": -1}]).startswith("flows: either all")
    assert _wrong(flows=[first, {"months": 3_000, "amount": -1}]).startswith("flows[1].months: is")
    assert _wrong(unit_period="month x1").startswith("unit_period: only us_actuarial")
    assert _wrong(method="us_actuarial", unit_period="fortnight").startswith("unit_period: 'fortn")
    assert _wrong(unit_perod="x") == "unit_perod: is unknown; did you mean 'unit_period'?"


def test_words_nobody_asked_for_are_told() -> None:
    said = json.loads(_asked(json.dumps({**LOAN, "note": "x"})).stdout)
    assert said["unused"] == ["note"]


def test_flows_without_a_rate_say_so() -> None:
    gift = [{"months": 0, "amount": "1000"}, {"months": 12, "amount": "5"}]
    assert _wrong(flows=gift) == "flows: no rate makes these flows worth nothing"
    assert _wrong(flows=[{"months": 0, "amount": 5}]).startswith("flows: all flows lie on one day")
    twice = [(0, "-1600"), (12, "10000"), (24, "-10000")]
    flows = [{"months": month, "amount": amount} for month, amount in twice]
    assert "more than one rate fits these flows" in _wrong(flows=flows)
    assert "25.0000, 400.0000" in _wrong(flows=flows)


def test_nothing_and_nonsense_end_with_two() -> None:
    for text in ("", "[1", '{"method": NaN}', "3", "[" * 100_000, "9" * 5_000):
        assert _asked(text).exit_code == 2


def test_no_bytes_break_an_answer() -> None:
    line = json.dumps({**LOAN, "note": 1}).encode()
    halves = line.replace(b"note", b"\\ud800")
    latin = line.replace(b"note", b"caf\xe9")
    marked = b"\xef\xbb\xbf" + line
    for asked in (halves, latin, marked, b"\xff\n" + line):
        result = CliRunner().invoke(apr, ["--lines"], input=asked)
        last = json.loads(result.stdout.splitlines()[-1])
        assert (last["percent"], result.exit_code) == (10, 2 if asked[:1] == b"\xff" else 0)


def test_a_rate_keeps_all_its_digits() -> None:
    flows = [{"days": 0, "amount": "100"}, {"days": 10, "amount": "-700"}]
    said = parse(_asked(json.dumps({**LOAN, "flows": flows})).stdout)
    assert isinstance(said, dict)
    # 7^36.5 · 100 − 100
    assert said["percent"] == Decimal("701582036202359395615047665580161.809671117055")
