"""Stages of IFRS 9 and what is expected to be lost in each; data, read once."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.money import MILLION
from finance.lending.lateness import Buckets

STAGES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Provisions:
    """The lender's own settings.

    buckets        (most days late, name), rising
    stage_2_from   days late from which the loss of the whole life is expected
    stage_3_from   days late from which a loan is in default
    pd_rise_ppm    stage 2 too when the borrower's PD has doubled and risen by so much
    pd_ppm         probability of default by stage and grade: within 12 months, then for life
    lgd_ppm        what is lost then, by product; "*" any other
    """

    buckets: Buckets
    stage_2_from: int
    stage_3_from: int
    pd_rise_ppm: int
    pd_ppm: dict[str, dict[str, int]]
    lgd_ppm: dict[str, int]

    def stage(self, days: int) -> int:
        """The stage of a loan so many days late."""
        return 3 if days >= self.stage_3_from else 2 if days >= self.stage_2_from else 1

    def rate_ppm(self, product: str, stage: int, grade: str) -> int:
        """PD × LGD, half up: 2 % × 60 % is 12,000."""
        lgd = self.lgd_ppm.get(product, self.lgd_ppm["*"])
        return (self.pd_ppm[str(stage)][grade] * lgd + MILLION // 2) // MILLION

    def rates(self) -> list[dict[str, Any]]:
        """Every rate as a row for SQL."""
        return [
            {"product": product, "stage": stage, "grade": grade, "ppm": ppm}
            for product in self.lgd_ppm
            for stage in STAGES
            for grade in self.pd_ppm[str(stage)]
            for ppm in [self.rate_ppm(product, stage, grade)]
        ]


@lru_cache
def rules() -> Provisions:
    """The settings of `provisions.json`."""
    data = json.loads(Path(__file__).with_name("provisions.json").read_text(encoding="utf-8"))
    buckets = tuple((upto, name) for upto, name in data.pop("buckets"))
    return Provisions(buckets=buckets, **data)
