"""The mall's command group; rooms add their commands to it."""

from flask.cli import AppGroup

mall = AppGroup("mall", help="The mall: take in order history, open accounts.")
