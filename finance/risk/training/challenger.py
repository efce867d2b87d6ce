"""A challenger from a mall's own outcomes: the expert card turned by few, a card of its own from many.

Either way it keeps the expert's features, their signs and their reason codes, so that every reason
has its words and its direction.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk import scorecard
from finance.risk.training import calibrating, places, prior, training
from finance.risk.training.cells import is_missing
from finance.risk.training.fitting import Pace, parts
from finance.risk.training.prior import ENOUGH_BAD, Turned
from finance.risk.training.table import Table
from finance.risk.training.training import Tick, Trained

Array = npt.NDArray[Any]
_DOUBLING, _MIDDLE, _ODDS = 50, 600, 20  # finance.risk.odds


def on_expert(
    data: Table,
    expert: dict[str, Any],
    *,
    name: str,
    folds: int = 5,
    seed: int = 1,
    pace: Pace | None = None,
    tick: Tick = lambda text: None,
) -> Trained:
    """A card for people whom `expert` (a card as data) decided on.

    Below ENOUGH_BAD bad outcomes its weights are turned as far as the outcomes say so; from there
    on a card is fitted, without features that go against the expert's signs.
    """
    known = [line["feature"] for line in expert["lines"]]
    empty = {each: [""] * len(data.bad) for each in known}  # what the file does not tell is missing
    data = replace(data, columns=empty | data.columns)
    if int(data.bad.sum()) < ENOUGH_BAD:
        return _turned(data, expert, name, folds, seed, tick)
    data = replace(data, kept=[each for each in data.kept if each in known])
    signs = {line["feature"]: line["sign"] for line in expert["lines"]}
    codes = {line["feature"]: line["code"] for line in expert["lines"]}
    while True:
        done = training.train(data, name=name, folds=folds, seed=seed, pace=pace, tick=tick)
        lines = done.card["lines"]
        against = {x["feature"] for x in lines if x["sign"] != signs[x["feature"]]}
        if not against:
            break
        tick(f"left out, against the expert's sign: {', '.join(sorted(against))}")
        data = replace(data, kept=[each for each in data.kept if each not in against])
    card = done.card | {"lines": [x | {"code": codes[x["feature"]]} for x in lines]}
    return Trained(card, done.report | {"card_hash": scorecard.card_of(card).hash})


def _turned(
    data: Table, expert: dict[str, Any], name: str, folds: int, seed: int, tick: Tick
) -> Trained:
    points, base = _points(data, expert), _log_odds(expert["base"])
    part = parts(data.bad, max(2, min(folds, int(data.bad.sum()))), seed)
    raw, said = np.zeros(len(data.bad), dtype=np.int64), np.zeros(len(data.bad))
    for number in np.unique(part):
        tick(f"part {number + 1} of {part.max() + 1}")
        learn = part != number
        found = prior.turn(points[learn], base, data.bad[learn])
        raw[~learn] = np.round(_scores(found, points[~learn])).astype(np.int64)
        said[~learn] = calibrating.chance_of(_scores(found, points[~learn]))
    tick("all rows")
    card = _card(expert, prior.turn(points, base, data.bad), name, data)
    card["training"] = places.of_training(card, data).as_data()
    report = training.report_of(data, card, raw, said, part) | {"fairness": {}}
    return Trained(card, training.plain(report))


def _points(data: Table, expert: dict[str, Any]) -> Array:
    """What the expert gives each person for each line."""
    found = []
    for line in scorecard.card_of(expert).lines:
        column = data.columns[line.feature]
        values = (None if is_missing(value) else line.whole(value) for value in column)
        found.append([line.points(value) for value in values])
    return np.array(found, dtype=np.int64).T


def _log_odds(score: int) -> Any:
    """Of being bad, at a score."""
    return -(np.log(_ODDS) + (score - _MIDDLE) * np.log(2) / _DOUBLING)


def _scores(found: Turned, points: Array) -> Array:
    return _base(found) + points @ np.array(found.weights)


def _base(found: Turned) -> Any:
    return _MIDDLE - (found.shift + np.log(_ODDS)) * _DOUBLING / np.log(2)


def _card(expert: dict[str, Any], found: Turned, name: str, data: Table) -> dict[str, Any]:
    lines = []
    for line, weight in zip(expert["lines"], found.weights, strict=True):
        bins = [[below, _times(given, weight)] for below, given in line["bins"]]
        if len({given for _, given in bins}) > 1:
            lines.append(line | {"bins": bins, "missing": _times(line["missing"], weight)})
    bad = int(data.bad.sum())
    about = f"{expert['name']} turned by {len(data.bad)} outcomes, {bad} bad."
    base = int(np.round(_base(found)))
    return {"name": name, "version": 1, "base": base, "about": about, "lines": lines}


def _times(points: int, weight: Any) -> int:
    return int(np.round(points * weight))
