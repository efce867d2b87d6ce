"""Train a card on a table and say honestly how good it is: on people it has not seen."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from finance.risk import scorecard
from finance.risk.training import calibrating, cells, fairness, measures, places, pointing
from finance.risk.training.cells import is_missing
from finance.risk.training.fitting import Additive, Pace, fit, parts
from finance.risk.training.shapes import UP, Way
from finance.risk.training.table import Coding, Table, coding_of

Array = npt.NDArray[Any]
Tick = Callable[[str], None]
_GROUPS_MAX = 12


@dataclass(frozen=True, slots=True)
class Trained:
    """A card as data, and the report on it."""

    card: dict[str, Any]
    report: dict[str, Any]


def train(
    data: Table,
    *,
    name: str,
    folds: int = 5,
    seed: int = 1,
    pace: Pace | None = None,
    protected: Sequence[str] = (),
    month: str = "",
    tick: Tick = lambda text: None,
) -> Trained:
    """Fit a card on all rows; the figures come from `folds` stratified parts, each left out once.

    protected   columns whose groups are compared; month: the column that says when
    """
    pace = pace or Pace()
    folds = min(folds, int(data.bad.sum()), int((1 - data.bad).sum()))
    part = parts(data.bad, folds, seed)
    raw, said = np.zeros(len(data.bad), dtype=np.int64), np.zeros(len(data.bad))
    for number in range(folds):
        tick(f"part {number + 1} of {folds}")
        learn = part != number
        _, points, bins = _fit(data, learn, pace)
        raw[~learn] = points.of(bins[~learn])
    for number in range(folds):  # each part is calibrated by the others
        learn = part != number
        knots = calibrating.table(raw[learn], data.bad[learn])
        said[~learn] = calibrating.chance_of(calibrating.apply(knots, raw[~learn]))
    tick("all rows")
    codings, points, _ = _fit(data, np.ones(len(data.bad), dtype=bool), pace)
    knots = calibrating.table(raw, data.bad)
    about = f"Fitted to {len(data.bad)} outcomes, {int(data.bad.sum())} bad; monotone, no pairs."
    card = pointing.card_data(name, codings, points, knots, about)
    card["training"] = places.of_training(card, data).as_data()
    report = report_of(data, card, raw, said, part)
    share = 1 - data.bad.mean()
    compared = {
        name: fairness.by_group(data.bad, said, _groups(data, name), share) for name in protected
    }
    report["fairness"] = {name: [asdict(g) for g in found] for name, found in compared.items()}
    if month:
        names = fairness.month_names(data.columns[month])
        report["months"] = [asdict(m) for m in fairness.by_month(data.bad, said, raw, names)]
    return Trained(card, plain(report))


def _fit(data: Table, learn: Array, pace: Pace) -> tuple[list[Coding], pointing.Points, Array]:
    """Bins, points and the bins of all rows, learned from the rows `learn` only."""
    rows = np.flatnonzero(learn)
    codings = []
    for name in data.kept:
        column, values = data.columns[name], data.numbers(name)
        codings.append(
            coding_of(
                name,
                [column[row] for row in rows],
                data.bad[learn],
                values=None if values is None else values[learn],
            )
        )
    bins = _placed(data, codings)
    words = [c.words is not None for c in codings]
    model = fit(bins[learn], data.bad[learn], [c.apart for c in codings], pace, words)
    codings, model = _in_order(codings, _widened(model, codings))
    bins = _placed(data, codings)
    return codings, pointing.points_of(model), bins


def _placed(data: Table, codings: Sequence[Coding]) -> Array:
    """The bins of all rows, one column a feature."""
    columns = [c.place(data.columns[c.name], data.numbers(c.name)) for c in codings]
    return np.column_stack([column.astype(np.int32) for column in columns])


def _in_order(codings: Sequence[Coding], model: Additive) -> tuple[list[Coding], Additive]:
    """Words have no order of their own: theirs is that of the risk they were found to carry."""
    found, shapes = [], []
    ways: list[Way] = []
    for coding, shape, way in zip(codings, model.shapes, model.ways, strict=True):
        if coding.words is not None:
            rest = shape[coding.apart :]
            order = np.argsort(rest, kind="stable")
            coding = replace(coding, words=tuple(coding.words[place] for place in order))
            shape, way = np.concatenate([shape[: coding.apart], rest[order]]), UP
        found.append(coding)
        shapes.append(shape)
        ways.append(way)
    return found, Additive(model.start, tuple(shapes), tuple(ways))


def _widened(model: Additive, codings: Sequence[Coding]) -> Additive:
    """Bins nobody was in while learning (an unknown word) count like the average: nought."""
    shapes = [
        np.concatenate([shape, np.zeros(max(0, coding.bins - len(shape)))])
        for shape, coding in zip(model.shapes, codings, strict=True)
    ]
    return Additive(model.start, tuple(shapes), model.ways)


def report_of(
    data: Table,
    card: dict[str, Any],
    raw: Array,
    said: Array,
    part: Array,
) -> dict[str, Any]:
    """How good it is: `raw` points and the chance `said` of each row, by a fit without its part."""
    bad, lines = data.bad, Counter(line["feature"] for line in card["lines"])
    by_part = [measures.auc(bad[part == p], -raw[part == p]) for p in np.unique(part)]
    return {
        "rows": len(bad),
        "bad": int(bad.sum()),
        "features": list(data.kept),
        "not_used": [name for name in data.columns if name not in data.kept],
        "auc": measures.auc(bad, -raw),
        "auc_by_part": by_part,
        "ks": measures.ks(bad, -raw),
        "brier": measures.brier(bad, said),
        "calibration_error": measures.calibration_error(bad, said),
        "tenths": [asdict(t) for t in measures.tenths(bad, said)],
        "psi_between_parts": max(
            measures.psi(raw[part != p], raw[part == p]) for p in np.unique(part)
        ),
        "card_hash": scorecard.card_of(card).hash,
        "lines": len(card["lines"]),
        "both_ends": [name for name, n in lines.items() if n > 1],
    }


def _groups(data: Table, name: str) -> Array:
    """The column's values; many numbers are four groups of equal size."""
    column = ["missing" if is_missing(value) else value for value in data.columns[name]]
    if len(set(column)) <= _GROUPS_MAX:
        return np.array(column)
    numbers = cells.plain(data.columns[name])
    try:
        values = np.array([value or "nan" for value in numbers], dtype=np.float64)
    except ValueError:  # words: the most frequent ones, and the others together
        named = {word for word, _ in Counter(column).most_common(_GROUPS_MAX - 1)}
        return np.array([word if word in named else "others" for word in column])
    edges = np.nanquantile(values, [0.25, 0.5, 0.75])
    found = np.array(["lowest", "low", "high", "highest"])[np.searchsorted(edges, values) % 4]
    return np.where(np.isnan(values), "missing", found)


def plain(value: Any) -> Any:
    """numpy's numbers as Python's, six decimals."""
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.floating):
        return round(value.item(), 6)
    return value.item() if isinstance(value, np.generic) else value
