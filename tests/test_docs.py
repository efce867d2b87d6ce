"""What the documents name is there: links, headings, commands with their options, files."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/**/README.md")])
PAGES = sorted({page for page in PAGES if not {".venv", "var", "node_modules"} & {*page.parts}})


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _anchors(page: Path) -> set[str]:
    """The places of a page that can be linked to, as GitHub names them."""
    heads = re.findall(r"^#+ +(.+)$", page.read_text(), re.M)
    plain = (re.sub(r"[^\w\- ]", "", head.lower()) for head in heads)
    return {head.strip().replace(" ", "-") for head in plain}


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    lost = []
    for link in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in _anchors(target)):
            lost.append(link)
    assert not lost, f"{_name(page)} links to nothing: {', '.join(lost)}"


def _said(page: Path) -> Iterator[str]:
    """The pieces of code of a page: what stands in backquotes, and each line of a block."""
    blocks = r"^```.*?\n(.*?)^```"
    text = page.read_text()
    for block in re.findall(blocks, text, re.M | re.S):
        yield from (line.split("  #")[0].strip() for line in block.replace("\\\n", " ").split("\n"))
    yield from re.findall(r"`([^`\n]+)`", re.sub(blocks, "", text, flags=re.M | re.S))


def _after(page: Path, word: str) -> Iterator[list[str]]:
    """The words that follow `word` in commands of a page, up to a pipe or a second command."""
    for piece in _said(page):
        found = re.match(rf"(?:[A-Z_]+=\S+ )*(?:\S*python3? )?(?:dev\.py )?{word} (.*)", piece)
        if found:
            yield re.split(r" [|&<>;] ?", found[1])[0].split()


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_command_of_a_page_exists(page: Path, app: Any) -> None:
    wrong = []
    for words in _after(page, "flask"):
        here: click.Command = app.cli
        for word in words:
            if isinstance(here, click.Group) and re.fullmatch(r"[a-z][\w-]*", word):
                found = here.get_command(click.Context(here), word)
                if found is None:
                    wrong.append(f"flask {' '.join(words)}: no {word}")
                    break
                here = found
            elif word.startswith("--"):
                options = {name for each in here.params for name in each.opts + each.secondary_opts}
                said = set(re.findall(r"--[a-z-]+", word))
                wrong += [f"flask {' '.join(words)}: no {each}" for each in said - options]
    assert not wrong, f"{_name(page)} names what is not there:\n" + "\n".join(wrong)


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_target_and_module_of_a_page_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    for words in _after(page, "make"):
        assert words[0] in targets, f"{_name(page)}: make {words[0]}"
    for words in _after(page, "-m"):
        if not words[0].startswith(("pip", "venv")):
            assert importlib.util.find_spec(words[0]), f"{_name(page)}: python -m {words[0]}"


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_every_file_a_page_names_is_there(page: Path) -> None:
    rooms = (
        "benchmarks|core|demo|docs|finance|ledger|mall|migrations|payments|static|templates|tests"
    )
    said = {piece for piece in _said(page) if re.fullmatch(rf"(?:{rooms})/[\w./-]+", piece)}
    certain = {piece for piece in said if not re.search("[A-Z]{3}", piece)}  # KIND.txt is any
    lost = [piece for piece in sorted(certain) if not (ROOT / piece).exists()]
    assert not lost, f"{_name(page)} names files that are not there: {', '.join(lost)}"


def test_decisions_are_numbered_once_in_a_row() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    heads = [re.match(r"# (\d+)\. ", page.read_text()) for page in pages]
    assert [head and int(head[1]) for head in heads] == [int(page.name[:4]) for page in pages]
    assert [int(page.name[:4]) for page in pages] == list(range(1, len(pages) + 1))
