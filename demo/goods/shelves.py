"""Reads the shelves: kinds of things, shops and colors, from the TOML files beside this file."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from demo.goods.model import Category

HERE = Path(__file__).parent
# Slugs of the pages, in the order of the menu, and the file that describes each.
SLUGS = {
    "phones": "phones-tablets",
    "computers": "computers",
    "audio": "audio",
    "cameras": "cameras",
    "kitchen": "kitchen",
    "home": "furniture-lighting",
    "clothing": "clothing-shoes",
    "bags": "bags-watches",
    "sports": "sports-outdoor",
    "toys": "toys-books",
    "beauty": "beauty",
}


@dataclass(frozen=True)
class Item:
    """One line of a kind: what the thing is called, costs and is."""

    title: str
    price: int  # whole yuan
    summary: str
    style: str
    fixed: dict[str, str]  # attributes its title already settles


@dataclass(frozen=True)
class Kind:
    """A kind of thing: its items and what may be said of each of them."""

    slug: str
    category_slug: str
    items: tuple[Item, ...]
    weight: tuple[int, int]  # grams, lightest and heaviest
    margin: int  # percent of the price the shop keeps
    colors: tuple[str, ...]
    option: tuple[str, ...]  # name, then choices; empty when there is only color
    step: int  # percent each choice adds to the price
    box: str
    facts: tuple[str, ...]
    attributes: dict[str, list[str]]


@cache
def categories() -> tuple[Category, ...]:
    """The shelves in the order of the menu."""
    tables = {file: _read(f"kinds/{file}.toml") for file in SLUGS}
    return tuple(Category(SLUGS[file], t["name"], t["blurb"]) for file, t in tables.items())


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind of thing the mall knows."""
    return tuple(
        _kind(slug, SLUGS[file], table)
        for file in SLUGS
        for slug, table in _read(f"kinds/{file}.toml").items()
        if isinstance(table, dict)
    )


@cache
def colors() -> dict[str, str]:
    """Color names and how they are drawn."""
    return {name: str(code) for name, code in _read("colors.toml").items()}


@cache
def shop_lines() -> tuple[list[Any], ...]:
    """Name, tag line, region, tier, quality in percent, focus, one list a shop."""
    return tuple(_read("shops.toml")["shops"])


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def _kind(slug: str, category_slug: str, table: dict[str, Any]) -> Kind:
    return Kind(
        slug=slug,
        category_slug=category_slug,
        items=tuple(_item(line) for line in table["items"]),
        weight=(table["weight"][0], table["weight"][1]),
        margin=table["margin"],
        colors=tuple(table["colors"]),
        option=tuple(table.get("option", ())),
        step=table.get("step", 0),
        box=table["box"],
        facts=tuple(table["facts"]),
        attributes=table.get("attributes", {}),
    )


def _item(line: list[Any]) -> Item:
    title, price, summary, *rest = line
    style = rest[0] if rest else ""
    fixed = rest[1] if len(rest) > 1 else {}
    return Item(title, price, summary, style, fixed)
