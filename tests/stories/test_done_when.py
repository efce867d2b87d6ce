"""The whole of it: a phone in twelve, its seller's advance, an admin who sees both, an even book."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from core import clock
from core.jobs import Pile
from tests.factories.goods import make_product
from tests.factories.orders import balance, yuan
from tests.factories.people import PASSWORD, make_admin
from tests.stories.cast import START, make_regular, make_shop, number_on, sign_in, to_checkout
from tests.stories.visitor import Visitor

HEADER = "order,seller,buyer,product,quantity,unit_price,paid_at,shipped_at,delivered_at,stars"


def the_book_is_even(admin: Visitor) -> None:
    """As the admin reads it."""
    admin.get("/admin/ledger").sees("Debits equal credits in CNY.")
    admin.press("Run the audit").sees("invariants hold")


def test_a_phone_in_twelve_and_an_advance_on_it(
    visit: Callable[[], Visitor], db: Any, pile: Pile
) -> None:
    seller, shopper, boss = make_shop(), make_regular(), make_admin()
    with clock.travel(START):
        me = sign_in(visit(), shopper)
        answers = to_checkout(me, make_product(seller, "3600.00", title="Aster phone"))
        me.press("Pay and order", **answers, offer="pay_later:12", agree="y").sees("Thank you")
        number = number_on(me.get("/account/orders"), "/account/orders/")
        loan = number_on(me.get("/account/credit"), "/account/credit/")
        shop = sign_in(visit(), seller)
        shop.get("/seller/orders").sees(number).get(f"/seller/orders/{number}")
        shop.press("Hand to the mall's courier")
    with clock.travel(clock.start_of(START) + timedelta(hours=13)):
        pile.run_due()  # the first scan
        # a new shop's one order counts up to 2,000.00, half of it at grade E
        shop.get("/seller/capital/order-advance").sees("grade E 50 %", "(capacity) ¥1,000.00")
        shop.press("Show the contract", amount="1,000.00").sees("Key facts of the contract")
        shop.press("Draw into my balance").sees("The money is in your balance.")
        shop.get("/seller/money").sees("Payable now ¥1,000.00", "In escrow ¥3,600.00")
        advance = number_on(shop, "/seller/capital/")

        admin = sign_in(visit(), boss)
        admin.get(f"/admin/orders/{number}").sees(number, "Aster phone", "3,600.00")
        admin.get("/admin/lending/loans").sees(loan, "¥3,600.00", advance, "¥1,000.00")
        admin.get(f"/admin/lending/loans/{loan}").sees("3,600.00", "10.90 %")
        admin.get(f"/admin/lending/loans/{advance}").sees("1,000.00", number)
        admin.get("/admin/lending/applications").sees("Order advance")
        the_book_is_even(admin)


def history(path: Path) -> Path:
    """Fourteen months of a lamp shop: 900.00 every third day, from thirty buyers in turn."""
    rows = [HEADER]
    for i in range(140):
        paid = clock.today() - timedelta(3 * i + 4)
        sent, came = paid + timedelta(1), paid + timedelta(3)
        who, what = f"b{i % 30}", f"lamp-{i % 5}"
        rows.append(f"L{i},Lamp Loft,{who},{what},2,450.00,{paid},{sent},{came},{4 + i % 2}")
    path.write_text("\n".join([*rows, "L999,Lamp Loft,b1,lamp-1,0,450.00,2026-01-01,,,"]))
    return path


def test_a_shop_graded_from_its_imported_history_takes_a_sales_share(
    visit: Callable[[], Visitor], app: Flask, db: Any, tmp_path: Path
) -> None:
    with clock.travel(START):
        flask = app.test_cli_runner()
        path = str(history(tmp_path / "orders.csv"))
        done = flask.invoke(args=["mall", "import-orders", path])
        assert "141 rows read, 140 accepted, 1 refused" in done.output
        words = ["mall", "give-access", "lamp-loft", "lamps@example.com", "--password-stdin"]
        assert flask.invoke(args=words, input=PASSWORD).exit_code == 0

        shop = visit().sign_in("lamps@example.com", PASSWORD)
        shop.get("/seller/money").sees("Payable now ¥0.00")  # history is no money
        shop.get("/seller/capital/").sees("Grade A", "Net sales, 90 days ¥27,000.00")
        shop.get("/seller/capital/sales-share?amount=150000&share=150000").sees("¥1,500.00")
        shop.press("Take").sees("The money is in your balance.")
        shop.get("/seller/money").sees("Payable now ¥1,500.00")
        advance = number_on(shop, "/seller/capital/")
        assert balance("advance_principal", advance) == yuan("1500.00")

        admin = sign_in(visit(), make_admin())
        admin.get("/admin/lending/loans").sees(advance, "Lamp Loft", "¥1,500.00")
        the_book_is_even(admin)
