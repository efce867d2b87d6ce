"""Every page of a seller's console about the shop's orders and money, in one place."""

from flask import Flask

from mall.ports import menus
from mall.sellers import home_views, money_views, order_views, return_views
from mall.sellers import money_choice_views as choices
from mall.sellers import money_statement_views as statement
from mall.sellers.home_queries import menu_counts


def open_doors(app: Flask) -> None:
    """Home, orders, returns, money with its statement and the choices about it."""
    for room in (home_views.bp, order_views.bp, return_views.bp, money_views.bp):
        app.register_blueprint(room)
    for room in (choices.bp, statement.bp):
        app.register_blueprint(room)


def fill_the_menu() -> None:
    """The seller's console."""
    menus.plug_counter("seller", menu_counts)
    menus.plug("seller", "Home", "/seller/", "home", 0)
    menus.plug("seller", "Money", "/seller/money", "wallet", 30)
    menus.plug("seller", "Orders", "/seller/orders", "box", 10)
    menus.plug("seller", "Returns", "/seller/returns", "refund", 15)
    menus.plug("seller", "Products", "/seller/products", "tag", 20)
    menus.plug("seller", "Capital", "/seller/capital/", "seedling", 50)
    menus.plug("seller", "Reviews and questions", "/seller/reviews", "star", 25)
    menus.plug("seller", "API keys", "/seller/api-keys", "lock", 85)
    menus.plug("seller", "Shop profile", "/seller/profile", "store", 80)
