"""A seller, a bank and an admin do their day's work on a phone with keys only, and without JavaScript."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from core import clock
from core.jobs import Pile
from tests.factories.funding import make_bank, make_banker, make_waterfall
from tests.factories.goods import make_product
from tests.factories.orders import make_order
from tests.factories.people import make_admin, make_applicant, make_shopper
from tests.finance.money import yuan
from tests.stories.cast import make_shop, owner_of
from tests.stories.walker import Stage, staged

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def stage(committed_app: Any, browser: Any) -> Iterator[Stage]:
    with staged(committed_app, browser) as stage:
        yield stage


def test_a_seller_ships_and_is_paid_today(stage: Stage, pile: Pile) -> None:
    with stage.backstage():
        seller = make_shop("Day One")
        number = make_order(make_shopper(), product=make_product(seller, "1000.00")).number
        owner = owner_of(seller)
    start = clock.now()
    with stage.on(start), stage.person(owner, script=False, size="phone") as shop:
        shop.go("/seller/orders").presses(number).presses("Hand to the mall's courier")
        with stage.on(start + timedelta(minutes=16)):
            with stage.backstage():
                pile.run_due()  # the first scan
            shop.go("/seller/capital/paid-today").sees("¥897.48")
            shop.presses("Pay me today").sees("The money is in your balance.")


def test_a_bank_proposes_another_price_and_an_admin_accepts(stage: Stage) -> None:
    with stage.backstage():
        bank = make_bank("ALPHA", yuan("10000.00"))
        make_waterfall("installments", (bank, 70))
        banker, admin = make_banker(bank).email, make_admin().email
    with stage.person(banker, script=False, size="phone") as lender:
        lender.go("/bank/proposals").types("Commit in all", "12000.00")
        lender.types("Ask a year, in percent", "6.5").types("Why", "Rates rose")
        lender.presses("Propose it").sees("Rates rose", "Waiting")
    with stage.person(admin, script=False, size="phone") as office:
        office.go("/admin/funding/").presses("Agree")
    with stage.person(banker, script=False, size="phone") as lender:
        lender.go("/bank/proposals").sees("Accepted")
        lender.go("/bank/").sees("¥12,000.00")


def test_an_admin_opens_a_shop(stage: Stage) -> None:
    with stage.backstage():
        shop, admin = make_applicant("Lake Tea"), make_admin().email
        page = f"/admin/sellers/{shop.id}"
    with stage.person(admin, script=False, size="phone") as office:
        office.go(page).types("Note to the owner", "Papers complete")
        office.presses("Approve the shop").sees("Papers complete", "Suspend the shop")
        office.keys_to("Suspend the shop").page.keyboard.press("Enter")  # opens it, on this page
        office.presses("Suspend").sees("Open it again")
