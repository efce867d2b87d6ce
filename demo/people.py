"""Makes people: the mall's admin, and a crowd of shoppers with habits."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from random import Random

from flask import current_app

from core import clock
from core.db import get
from core.use_case import use_case
from demo import words
from demo.odds import happens, pick, skewed
from demo.state import Shopper, World
from finance.risk.people import say_born
from mall.accounts import services as accounts
from mall.accounts.models import Person
from payments import cards

PASSWORD = "mall-demo"  # noqa: S105  printed at the start, for everybody to use
CROWD_MEMORY_KIB = 64
GOOD_CARDS = (("4242424242424242", 60), ("5555555555554444", 22), ("6200000000000005", 30))
# saved by a few: the bank asks, answers late, loses its answer, says it five times, keeps refunds
ODD_CARDS = (
    ("4000002500003155", 4),
    ("4000000000001026", 2),
    ("4000000000001000", 2),
    ("4000000000001034", 2),
    ("4000000000007726", 2),
)
PAYERS = (("auto", 58), ("hand", 28), ("late", 9), ("early", 5))


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """Hash the crowd's well-known password with little memory; signing in makes it good again."""
    settings = current_app.config
    usual = settings["ARGON2_MEMORY_KIB"]
    settings["ARGON2_MEMORY_KIB"] = min(usual, CROWD_MEMORY_KIB)
    try:
        yield
    finally:
        settings["ARGON2_MEMORY_KIB"] = usual


def nickname(world: World) -> str:
    """A display name nobody has yet."""
    while (name := words.nickname(world.dice)) in world.names:
        pass
    world.names.add(name)
    return name


def expiry(world: World) -> str:
    """The month and year on a card that is good for two to four years more."""
    return f"{world.dice.randint(1, 12):02}/{(world.last.year + world.dice.randint(2, 4)) % 100}"


@use_case
def vouch(person_id: int, *, device: str, level: int, born: int | None = None) -> None:
    """What the mall learns by itself; no page asks for it, so there is no action to call."""
    person = get(Person, person_id)
    person.device, person.verified_level, person.born_year = device, level, born


def sign_up_crowd(world: World) -> None:
    """Let the crowd arrive: a fifth in the first days, the rest over the year."""
    for place in range(world.size.shoppers):
        percent = 0 if place * 5 < world.size.shoppers else world.dice.randint(1, 92)
        day = world.day(percent)
        world.agenda.at(world.moment(day, 8, 14), join, world)


def join(world: World, email: str = "", card: str = "", **habits: object) -> Shopper:
    """Someone signs up, saves a card, and is ready to buy; `habits` win over drawn ones."""
    dice = world.dice
    name = nickname(world)
    with cheap_passwords():
        person = accounts.sign_up(email or f"{name}@example.com", name, PASSWORD)
    person_id = person.id
    born = clock.today().year - 18 - skewed(dice, 0, 50)
    vouch(
        person_id,
        device=f"{dice.getrandbits(64):016x}",
        level=pick(dice, (0, 4), (1, 4), (2, 2)),
        born=born,
    )
    say_born(person_id, date(born, 1, 1))
    shopper = _habits(world, person_id, name)
    for habit, value in habits.items():
        setattr(shopper, habit, value)
    shopper.card_id = save_card(world, person_id, card)
    settle_in(world, shopper, known=bool(email))
    return shopper


def settle_in(world: World, shopper: Shopper, *, known: bool = False) -> None:
    """The shopper is part of the world from now on; `known` ones have saved their address."""
    world.shoppers.append(shopper)
    world.by_person[shopper.person_id] = shopper
    if happens(world.dice, 60) or known:
        accounts.add_address(shopper.person_id, **shopper.address)


def save_card(world: World, person_id: int, number: str = "") -> int:
    """A saved sandbox card; its id."""
    number = number or pick(world.dice, *GOOD_CARDS, *ODD_CARDS)
    return cards.save(person_id, number, expiry(world), f"{world.dice.randint(100, 999)}").id


def new_address(dice: Random, name: str) -> dict[str, str]:
    place = words.address(dice)
    return {
        "recipient": name,
        "line": place.street,
        "city": place.city,
        "region": place.region,
        "postcode": place.postal_code,
        "phone": f"1{dice.randint(30, 89)}{dice.randint(0, 99_999_999):08}",
    }


def _habits(world: World, person_id: int, name: str) -> Shopper:
    dice = world.dice
    shelves = [shelf.slug for shelf in world.catalog.categories]
    loved = dice.sample(shelves, min(3, len(shelves)))
    return Shopper(
        person_id=person_id,
        name=name,
        address=new_address(dice, name),
        card_id=0,
        tastes={slug: 8 if slug in loved else 2 for slug in shelves},
        purse=6_000 + 200 * skewed(dice, 0, 1_000),
        often=1 + skewed(dice, 0, 30),
        owl=happens(dice, 18),
        returns=pick(dice, (2, 70), (8, 25), (30, 5)),
        reviews=pick(dice, (15, 30), (45, 40), (90, 30)),
        confirms=pick(dice, (95, 50), (75, 30), (30, 20)),
        on_credit=pick(dice, (0, 50), (10, 30), (35, 20)),
        pays=pick(dice, *PAYERS),
    )
