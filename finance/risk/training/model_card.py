"""A report on a card as a page that people read: what it is, how good, for whom, since when."""

from collections.abc import Sequence
from typing import Any

_FIGURES = ("rows", "bad", "auc", "ks", "brier", "calibration_error", "psi_between_parts")


def as_markdown(card: dict[str, Any], report: dict[str, Any]) -> str:
    """The page; tables for tenths, groups and months where the report has them."""
    parts = [
        f"# {card['name']}, version {card['version']}",
        card["about"] + " Every figure is of rows the model had not seen.",
        _table(
            ["figure", "value"],
            [[name.replace("_", " "), _written(report[name])] for name in _FIGURES]
            + [["auc by part", " to ".join(_written(f(report["auc_by_part"])) for f in (min, max))]]
            + [["hash", report["card_hash"][:16]]],
        ),
        "Columns not used: " + (", ".join(report["not_used"]) or "none") + ".",
        "## Calibration by tenths",
        _rows(report["tenths"], ("count", "said", "came")),
    ]
    for name, groups in report["fairness"].items():
        parts += [f"## Groups of {name}", _rows(groups, _GROUP)]
    if report.get("months"):
        parts += ["## By month", _rows(report["months"], _MONTH)]
    parts += [
        "## Features",
        _table(
            ["feature", "sign", "most points"],
            [
                [line["code"], line["sign"], str(max(points for _, points in line["bins"]))]
                for line in card["lines"]
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


_GROUP = (
    "name",
    "count",
    "approved",
    "difference",
    "impact_ratio",
    "impact_low",
    "impact_high",
    "good_approved",
    "bad_rate",
    "said",
)
_MONTH = ("name", "count", "bad_rate", "said", "auc", "psi")


def _rows(found: Sequence[dict[str, Any]], names: Sequence[str]) -> str:
    return _table(
        [name.replace("_", " ") for name in names],
        [[_written(row[name]) for name in names] for row in found],
    )


def _written(value: Any) -> str:
    if value is None:
        return "—"
    return str(value) if isinstance(value, int | str) else f"{value:.4f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def in_terminal(report: dict[str, Any]) -> list[str]:
    """Groups and months as lines for a terminal."""
    said = []
    for name, groups in report["fairness"].items():
        said.append(f"groups of {name}: approved, difference, AIR [95 %], bad came/said")
        for g in groups:
            mark = "" if g["impact_ratio"] >= 0.8 else "  below four fifths"
            said.append(
                f"  {g['name']:<16} {g['count']:>7}  {g['approved']:.3f}  {g['difference']:+.3f}  "
                f"{g['impact_ratio']:.3f} [{g['impact_low']:.3f}, {g['impact_high']:.3f}]  "
                f"{g['bad_rate']:.3f}/{g['said']:.3f}{mark}"
            )
    for m in report.get("months", []):
        auc = "  —  " if m["auc"] is None else f"{m['auc']:.3f}"
        said.append(
            f"  {m['name']}  {m['count']:>7}  bad {m['bad_rate']:.3f}/{m['said']:.3f}  "
            f"AUC {auc}  PSI {m['psi']:.3f}"
        )
    return said
