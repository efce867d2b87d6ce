"""Every call that tells somebody something gives its words what they want, in both languages."""

import ast
from pathlib import Path

from jinja2 import Environment, meta

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "templates" / "messages"
NOT_FACTS = {"key", "link", "about", "mail"}
TELLERS = {"messages.send": 1, "messages.note": 1, "messages.to_admins": 0}


def _wanted(language: str, kind: str) -> set[str]:
    environment = Environment()
    environment.filters |= dict.fromkeys(("money", "day", "moment"), str)
    source = (FOLDER / language / f"{kind}.txt").read_text()
    return meta.find_undeclared_variables(environment.parse(source)) - {"mall"}


def _calls() -> list[tuple[str, str, set[str]]]:
    """(place, kind, facts given) of every call in the rooms."""
    found = []
    for room in ("core", "ledger", "payments", "mall", "finance"):
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or ast.unparse(node.func) not in TELLERS:
                    continue
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                kind = node.args[TELLERS[ast.unparse(node.func)]]
                assert isinstance(kind, ast.Constant), f"{place}: name the kind in the call"
                given = {word.arg for word in node.keywords}
                assert None not in given, f"{place}: name the facts in the call"
                found.append((place, kind.value, {str(name) for name in given} - NOT_FACTS))
    return found


def test_every_kind_has_its_words_in_both_languages() -> None:
    english, chinese = ({p.stem for p in (FOLDER / lang).glob("*.txt")} for lang in ("en", "zh"))
    assert english == chinese and english


def test_every_call_gives_what_its_words_want() -> None:
    broken = [
        f"{place}: {kind} ({language}) wants {sorted(missing)}"
        for place, kind, given in _calls()
        for language in ("en", "zh")
        if (missing := _wanted(language, kind) - given)
    ]
    assert not broken, "\n".join(broken)


def test_no_kind_is_left_that_nobody_sends() -> None:
    left = {path.stem for path in (FOLDER / "en").glob("*.txt")} - {kind for _, kind, _ in _calls()}
    assert left == set()
