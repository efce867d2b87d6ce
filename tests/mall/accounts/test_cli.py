"""Accounts from the terminal: the owner of an imported shop, an admin."""

from typing import Any

import pytest

from core.db import get
from core.use_case import use_case
from mall.accounts import services
from mall.accounts.models import Person, Role
from mall.sellers.models import Seller
from tests.factories.people import PASSWORD, make_seller, make_shopper


@pytest.fixture
def run(app: Any, db: Any) -> Any:
    def run(*words: str, typed: str = "") -> Any:
        return app.test_cli_runner().invoke(args=["mall", *words], input=typed)

    return run


@use_case
def imported_shop(db: Any) -> Seller:
    owner = Person(name="2c2f", role=Role.SELLER)
    db.session.add(owner)
    db.session.flush()
    shop = Seller(owner_id=owner.id, name="2c2f", slug="2c2f", state="approved", imported_from="x")
    db.session.add(shop)
    db.session.flush()
    return shop


def test_the_owner_of_an_imported_shop_gets_access(run: Any, db: Any) -> None:
    shop = imported_shop(db)
    assert not get(Person, shop.owner_id).is_active
    done = run("give-access", "2c2f", "Owner@Example.com", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert done.exit_code == 0 and "owner@example.com may sign in" in done.output
    assert PASSWORD not in done.output
    assert services.authenticate("owner@example.com", PASSWORD).id == shop.owner_id


def test_a_password_may_come_through_a_pipe(run: Any) -> None:
    shop = make_seller("Lake Tea")
    run("give-access", shop.slug, "tea@example.com", "--password-stdin", typed=f"{PASSWORD}!\n")
    assert services.authenticate("tea@example.com", f"{PASSWORD}!")


def test_what_cannot_be_given_is_said(run: Any) -> None:
    shop, other = make_seller(), make_shopper(email="taken@example.com")
    for words, said in (
        (("nowhere", "a@example.com"), "nothing here"),
        ((shop.slug, "taken@example.com"), "account"),
        ((shop.slug, "no address"), "address"),
    ):
        done = run("give-access", *words, "--password-stdin", typed=f"{PASSWORD}\n")
        assert done.exit_code == 1 and said in done.output
    assert run("give-access", shop.slug, "b@example.com", "--password-stdin", typed="x\n").exit_code
    assert get(Person, other.id).email == "taken@example.com"


def test_admins_are_made_from_people_or_anew_but_not_from_sellers(run: Any) -> None:
    shopper, shop = make_shopper(email="known@example.com"), make_seller()
    assert run("make-admin", "known@example.com").exit_code == 0
    assert get(Person, shopper.id).role == "admin"
    made = run("make-admin", "new@example.com", "--password-stdin", typed=f"{PASSWORD}\n")
    assert made.exit_code == 0 and services.authenticate("new@example.com", PASSWORD).is_admin
    refused = run("make-admin", get(Person, shop.owner_id).email)
    assert refused.exit_code == 1 and get(Person, shop.owner_id).role == "seller"
