"""A shop asks, is approved or refused, and sells only when approved."""

import pytest

from core.db import get
from core.errors import IllegalMove, NotAllowed
from mall.accounts.models import Person
from mall.sellers import services
from mall.sellers.rules import AlreadyThere, NameTaken, masked
from tests.factories.goods import make_product
from tests.factories.people import make_admin, make_applicant, make_seller, make_shopper


def test_an_approved_applicant_becomes_a_seller_and_may_list(db):
    shop, admin = make_applicant("Lake Tea"), make_admin()
    with pytest.raises(NotAllowed, match="approve"):
        make_product(shop)

    services.approve(shop.id, by=admin.id)

    assert (shop.state, shop.slug, shop.decided_by) == ("approved", "lake-tea", admin.id)
    assert get(Person, shop.owner_id).role == "seller"
    assert make_product(shop).listed_at


def test_a_refused_applicant_reads_why_and_asks_again(db):
    shop = make_applicant("Lake Tea")
    services.reject(shop.id, note="The license is missing.")
    assert (shop.state, shop.decision_note) == ("rejected", "The license is missing.")

    again = services.apply(shop.owner_id, name="Lake Tea House")
    assert (again.id, again.state, again.decision_note) == (shop.id, "applied", "")


def test_a_person_owns_one_shop_and_a_name_is_taken_once(db):
    shop = make_seller("Lake Tea")
    with pytest.raises(AlreadyThere):
        services.apply(shop.owner_id, name="Second shop")
    with pytest.raises(NameTaken):
        services.apply(make_shopper().id, name="Lake Tea")


def test_names_in_other_scripts_get_an_address_of_their_own(db):
    one, other = make_seller("西湖茶"), make_seller("龙井")
    assert one.slug != other.slug and one.slug.startswith("shop-")


def test_an_admin_owns_no_shop(db):
    with pytest.raises(NotAllowed):
        services.apply(make_admin().id, name="Conflict of interest")


def test_a_refused_shop_is_not_simply_approved(db):
    shop = make_applicant()
    services.reject(shop.id)
    with pytest.raises(IllegalMove):
        services.approve(shop.id)


def test_a_suspended_shop_can_come_back(db):
    shop = make_seller()
    services.suspend(shop.id, note="Fake orders")
    with pytest.raises(NotAllowed):
        make_product(shop)
    services.approve(shop.id)
    assert make_product(shop)


def test_a_new_payout_account_is_dated_and_shown_masked(db):
    shop = make_seller()
    assert shop.payout_account_changed_at is None
    services.change_payout_account(shop.id, "6222 0200 0000 9876")
    assert shop.payout_account_changed_at and masked(shop.payout_account) == "•••• 9876"
