"""What nights found usual: numbers of five categories and of all, with nights that are missing."""

from typing import Any

DAY = 86_400
TODAY = 20_500
BUCKETS = {"hours": range(24), "weekdays": range(1, 8), "near": range(1), "reviews": range(1)}


def add(dice: Any) -> None:
    roll = dice.roll
    for day in [*range(TODAY - 460, TODAY - 440), *range(TODAY - 50, TODAY + 2)]:
        for category in range(5):
            if category and roll.random() < 0.3:
                continue
            shops = roll.randrange(2, 9) if category else roll.randrange(4, 40)
            for kind, buckets in BUCKETS.items():
                parts = [roll.randrange(60) for _ in buckets]
                whole = sum(parts) if len(parts) > 1 else 90 * (category != 1)
                for bucket, part in zip(buckets, parts, strict=True):
                    row = {"kind": kind, "bucket": bucket, "part": part, "whole": whole}
                    row |= {"category_id": category, "shops": shops}
                    dice.add("fact_category_norms", day * DAY, **row, happened_day=day - 1)
