"""Builds a demo world: a seeded past, day by day, through the same actions as people's."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from core import chance, clock, ids, jobs
from demo import (
    bad_actors,
    banks,
    campaigns,
    capital,
    cast,
    days,
    goods,
    hurry,
    lines,
    marks,
    people,
    shops,
)
from demo.agenda import Agenda
from demo.digest import content_digest
from demo.state import Size, World
from ledger import audit

Progress = Callable[[], None]


@dataclass(frozen=True)
class Built:
    """What a build leaves behind: counts by name, the digest, and what the audit found wrong."""

    counts: dict[str, int]
    refusals: dict[str, int]
    digest: str
    wrong: list[str]


def build(
    size: Size, seed: int, last: date, progress: Progress = lambda: None, *, check: bool = True
) -> Built:
    """Live `size.days` days that end with `last`, in an empty database; calls progress each day.

    check   whether the audit is asked at the end; else `wrong` is empty
    """
    first = last - timedelta(size.days - 1)
    marks.begin(seed, size.days, last)
    with ExitStack() as stack:
        stack.enter_context(hurry.hurried())
        pile = stack.enter_context(jobs.in_this_process())
        stack.enter_context(chance.rolling(Random(f"codes {seed}")))
        stack.callback(ids.part_from_other_processes)
        ids.part_from_other_processes(start=0)
        world = _empty(size, seed, first, last, Agenda(pile))
        with clock.travel(clock.start_of(first)):
            cast.open_the_mall(world)
            shops.open_shelves(world)
            shops.plan_openings(world)
            people.sign_up_crowd(world)
            cast.plan(world)
            bad_actors.plan(world)
            capital.plan(world)
            campaigns.plan(world)
            banks.plan(world)
            lines.plan(world)
        _live(world, progress)
    digest = content_digest()
    asked = audit.run() if check else []
    wrong = [f"{found.name}: {found.detail}" for found in asked if not found.ok]
    marks.finish(digest)
    return Built(dict(world.counts), dict(world.agenda.refusals), digest, wrong)


def _empty(size: Size, seed: int, first: date, last: date, agenda: Agenda) -> World:
    catalog = goods.catalog(Random(seed), size.shops)
    return World(size, first, last, Random(f"world {seed}"), agenda, catalog)


def _live(world: World, progress: Progress) -> None:
    for number in range(world.size.days):
        day = world.first + timedelta(number)
        with clock.travel(clock.start_of(day)):
            days.plan(world, day)
        world.agenda.run_until(clock.start_of(day + timedelta(1)))
        progress()
