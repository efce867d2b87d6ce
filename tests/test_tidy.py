"""House rules that imports cannot hold: lengths, one clock, one commit, one word per thing."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("core", "ledger", "payments", "mall", "finance", "demo", "benchmarks")
FILES = sorted(
    [p for room in ROOMS for p in (ROOT / room).rglob("*.py")]
    + [path for name in ("wsgi.py", "config.py", "dev.py") if (path := ROOT / name).exists()]
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LINES_MAX, TEST_LINES_MAX, FUNCTION_LINES_MAX = 300, 400, 50

BANNED = [
    (r"\.session\.commit\(", {"core/use_case.py"}, "only core/use_case.py commits"),
    (
        r"datetime\.now\(|date\.today\(|utcnow\(|time\.time\(",
        {"core/clock.py", "dev.py", "core/postgres.py"},
        "only core/clock.py asks the time",
    ),
    (r"\bfloat\(", set(), "money and rates are whole numbers or fractions"),
    (
        r"^import random|^from random import(?! Random\b)",
        {"core/chance.py"},
        "chance comes from core/chance.py",
    ),
    (r"\b(merchant|vendor)\b", {"payments/stripe_gateway.py"}, "one word: seller"),
    (r"\b(instalment|cancelled|catalogue|favourite|colour)\b", set(), "American spelling"),
    (r"\b(TODO|FIXME|XXX)\b", set(), "done or not there"),
    (r"(?<![\w.])/(home|root|Users|work)/", set(), "no place of one machine"),
]


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_a_file_opens_with_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text()
    tree = ast.parse(text)
    doc = ast.get_docstring(tree)
    assert doc, f"{_name(path)} needs a sentence that says what it is"
    assert text.count("\n") <= LINES_MAX, (
        f"{_name(path)} is longer than {LINES_MAX} lines: split it by noun"
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or 0) - node.lineno + 1
            assert length <= FUNCTION_LINES_MAX, (
                f"{_name(path)}:{node.lineno} {node.name} has {length} lines"
            )


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_a_test_file_stays_short(path: Path) -> None:
    assert path.read_text().count("\n") <= TEST_LINES_MAX, f"{_name(path)}: split it by story"


@pytest.mark.parametrize(("pattern", "allowed", "why"), BANNED, ids=[why for _, _, why in BANNED])
def test_a_house_rule_holds(pattern: str, allowed: set[str], why: str) -> None:
    broken = [
        f"{_name(path)}:{number} {line.strip()[:80]}"
        for path in FILES
        if _name(path) not in allowed
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line, re.I if "seller" in why or "American" in why else 0)
    ]
    assert not broken, f"{why}:\n" + "\n".join(broken)


def test_templates_have_no_inline_script_or_style() -> None:
    broken = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        for tag in re.findall(r"<script\b[^>]*>", text):
            if "src=" not in tag and "application/json" not in tag and "ld+json" not in tag:
                broken.append(f"{_name(path)}: {tag}")
        broken += [
            f"{_name(path)}: {hit}" for hit in re.findall(r"<style\b|\sstyle=|\son[a-z]+=\"", text)
        ]
    assert not broken, "\n".join(broken)


def _makes_entries(path: Path) -> list[str]:
    """Functions that build journals or transfers by hand, and what is asked of each of them."""
    tree = ast.parse(path.read_text())
    return [
        f"{_name(path)}:{node.lineno}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("Journal", "Transfer", "moves")
    ]


def test_entries_are_made_by_bookkeepers_only() -> None:
    others = [
        p for p in FILES if p.name != "bookkeeping.py" and not {"ledger", "benchmarks"} & {*p.parts}
    ]
    broken = [place for path in others for place in _makes_entries(path)]
    assert not broken, "make journals and transfers in a bookkeeping.py:\n" + "\n".join(broken)


def test_every_bookkeeper_declares_what_it_makes() -> None:
    broken, found = [], 0
    for path in (p for p in FILES if p.name == "bookkeeping.py"):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if not re.search(r"Journal|Transfer", ast.unparse(node.returns or ast.Constant(""))):
                continue
            found += 1
            names = [ast.unparse(each).partition("(")[0] for each in node.decorator_list]
            if not {"posting", "piece"} & set(names):
                broken.append(f"{_name(path)}:{node.lineno} {node.name}")
    assert found and not broken, "declare with @posting or @piece:\n" + "\n".join(broken)
