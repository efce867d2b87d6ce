"""A disclosure of a contract as a document: blocks of plain text that page and paper show alike; pure."""

from collections.abc import Callable
from datetime import date
from typing import Any

from finance.contracts import boxes
from finance.contracts.boxes import Box, Part
from finance.contracts.contract import Contract, hash_of
from finance.contracts.figures import Figures, blended_ppm, groups, rhythm
from finance.contracts.words import Words

Block = dict[str, Any]
_OWN_RATE = ("keyfacts", "full")  # their largest figure is the yearly rate of the regime


def document(contract: Contract, key: str, language: str, foot: str = "") -> dict[str, Any]:
    """The disclosure `key` as plain data, the same for page, paper and hash.

    key    one of boxes.KEYS; raises NotFound for another
    foot   what stands under it besides the contract's hash: number and day of acceptance

    {language, key, title, lead, main: {label, value, note}, blocks: [{kind, title, …}], foot: […]}
    """
    box, words = boxes.box(key), Words(language, contract.currency)
    figures = Figures(contract, words)
    made = [_block(part, figures) for part in box.parts]
    return {
        "language": language,
        "key": key,
        "title": words.say(f"{key}.title"),
        "lead": words.say(box.lead) if box.lead else "",
        "main": _main(box, figures),
        "blocks": [block for block in made if block],
        "foot": [foot or words.say("foot.offer"), words.say("foot.hash", hash=contract.hash)],
    }


def accepted_foot(number: str, on: date, language: str) -> str:
    """What stands under a contract that was accepted: its number and the day."""
    return Words(language, "CNY").say("foot.number", number=number, on=on)


def as_text(made: dict[str, Any]) -> str:
    """The whole document as lines of text, without its foot: what a text hash is of."""
    lines = [made["title"], made["lead"], *made["main"].values()]
    for block in made["blocks"]:
        lines.append(block["title"])
        lines += [" | ".join(block["columns"])] if "columns" in block else []
        lines += [" | ".join(item) if isinstance(item, list) else item for item in block["items"]]
    return "\n".join(line for line in lines if line) + "\n"


def text_hash(contract: Contract, key: str, language: str) -> str:
    """SHA-256 of the disclosure's words, in hex."""
    return hash_of(as_text(document(contract, key, language)))


def _main(box: Box, figures: Figures) -> dict[str, str]:
    label, figure, note = box.main
    if box.key in _OWN_RATE:
        figure = boxes.profile_of(figures.contract.regime).rate
        note = f"keyfacts.apr.{figure}"
    say = figures.words.say
    return {"label": say(label), "value": figures.of(figure), "note": say(note)}


def _block(part: Part, figures: Figures) -> Block | None:
    """The part with its words, None where this contract has nothing of it."""
    block = _KINDS[part.kind](part, figures)
    if not block["items"]:
        return None
    title = figures.words.say(part.title) if part.title else ""
    return {"kind": part.kind, "title": title, **block}


def _facts(part: Part, figures: Figures) -> Block:
    say, found = figures.words.say, []
    for label, name, *note in part.items:
        if value := figures.of(name):
            found.append([say(label), value, *(say(key) for key in note if key)])
    return {"items": found}


def _list(part: Part, figures: Figures) -> Block:
    found = [figures.of(name) for (name,) in part.items]
    return {"items": [text for text in found if text]}


def _clauses(part: Part, figures: Figures) -> Block:
    return {"items": figures.sentences([topic for (topic,) in part.items])}


def _warning(part: Part, figures: Figures) -> Block:
    keys = [key for (key,) in part.items]
    if keys == ["keyfacts.caution"]:
        keys = [boxes.profile_of(figures.contract.regime).caution]
    return {"items": [figures.words.say(key) for key in keys]}


def _schedule(part: Part, figures: Figures) -> Block:
    """Every row agreed; where the days are estimated, the payments in groups."""
    contract, words = figures.contract, figures.words
    if not contract.rows:
        return _payments(part, figures)
    left, rows = sum(row.principal for row in contract.rows), []
    for row in contract.rows:
        left -= row.principal
        amounts = [words.money(n) for n in (row.payment, row.principal, row.fee, left)]
        rows.append([str(row.number), words.day(row.due_on), *amounts])
    sums = [contract.paid_back, contract.principal, contract.cost]
    rows.append(["", words.say("sum"), *(words.money(n) for n in sums), ""])
    return _table(words, ["number", "due", "payment", "principal", "fee", "left"], 1, rows)


def _payments(part: Part, figures: Figures) -> Block:
    contract, words = figures.contract, figures.words
    rows = []
    for group in groups(contract.payments):
        when = rhythm(contract.on, group, words)
        rows.append([str(len(group)), words.money(group[0].amount), when])
    return _table(words, ["count", "amount", "when"], 2, rows)


def _lenders(part: Part, figures: Figures) -> Block:
    """Every lender of record; more than one with the sum, and prices where they have any."""
    contract, words = figures.contract, figures.words
    blended = blended_ppm(contract)
    rows = [(one.name, one.share_ppm, one.price_ppm) for one in contract.lenders]
    if len(rows) > 1:
        rows.append((words.say("sum"), sum(share for _, share, _ in rows), blended))
    shown = [
        [name, words.percent(share), *([words.percent(price)] if blended else [])]
        for name, share, price in rows
    ]
    return _table(words, ["lender", "share", "price"][: 3 if blended else 2], 0, shown)


def _table(words: Words, columns: list[str], text: int, rows: list[list[str]]) -> Block:
    """text: the one column that is not a number."""
    return {"columns": [words.say(f"col.{name}") for name in columns], "text": text, "items": rows}


_KINDS: dict[str, Callable[[Part, Figures], Block]] = {
    "facts": _facts,
    "figures": _facts,
    "list": _list,
    "clauses": _clauses,
    "warning": _warning,
    "schedule": _schedule,
    "payments": _payments,
    "lenders": _lenders,
}
