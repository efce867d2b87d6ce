"""How messages join the other rooms; wsgi.py calls it."""

from flask import Flask

from core.messages import directory, jobs
from mall.messages import views
from mall.messages.people import People
from mall.ports import menus


def open_doors(app: Flask) -> None:
    """The page of everyone's messages, and the settings of mail."""
    app.register_blueprint(views.bp)
    jobs.init_app(app)
    menus.plug("account", "Messages", "/account/messages", "message", 5)


def join() -> None:
    """Accounts say where people are reached."""
    directory.plug(People())
