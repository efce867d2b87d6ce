"""Champion and challenger: which card decides on whom, by hash of the applicant.

The champion decides. A challenger has a share of all applicants, always the same ones: with
`decides` it decides on them, else it runs in the shadow, and its answer is kept beside.
"""

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.money import MILLION

CHAMPION, CHALLENGER = "champion", "challenger"
_FILE = Path(__file__).with_name("contest.json")


@dataclass(frozen=True, slots=True)
class Contest:
    """challenger "" : there is none; salt: another one draws other applicants."""

    champion: str
    challenger: str = ""
    share_ppm: int = 0
    decides: bool = False
    salt: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which card decides, as whom, and which one answers in the shadow ("" for none)."""

    card: str
    role: str
    shadow: str = ""

    def as_data(self) -> dict[str, Any]:
        """What a decision keeps of it."""
        return {"role": self.role, "shadow": self.shadow}


@cache
def contests() -> dict[str, Contest]:
    """By subject, buyer and seller."""
    found: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    return {subject: Contest(**data) for subject, data in found.items()}


def place(contest: Contest, subject: str, subject_id: int) -> int:
    """An applicant's place among a million, the same for ever under one salt."""
    digest = sha256(f"{contest.salt}:{subject}:{subject_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % MILLION


def draw(subject: str, subject_id: int, contest: Contest | None = None) -> Drawn:
    """The card for this applicant."""
    found = contest or contests()[subject]
    if not found.challenger or place(found, subject, subject_id) >= found.share_ppm:
        return Drawn(found.champion, CHAMPION)
    if found.decides:
        return Drawn(found.challenger, CHALLENGER)
    return Drawn(found.champion, CHAMPION, found.challenger)
