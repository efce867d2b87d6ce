"""Commands that open accounts: `flask mall give-access`, `flask mall make-admin`."""

import sys
from typing import Any

import click

from core.errors import DomainError
from mall.accounts import services
from mall.cli import mall
from mall.sellers import queries as shops

_from_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)


@mall.command("give-access")
@click.argument("shop_slug")
@click.argument("email")
@_from_stdin
def give_access(shop_slug: str, email: str, password_stdin: bool) -> None:
    """Let the owner of SHOP_SLUG (say, of an imported shop) sign in with EMAIL and a password."""
    _refusals(_give_access, shop_slug, email, password_stdin)


def _give_access(shop_slug: str, email: str, password_stdin: bool) -> None:
    shop = shops.by_slug(shop_slug)
    person = services.give_access(shop.owner_id, email, _password(password_stdin))
    click.echo(f"{person.email} may sign in as the owner of {shop.name}.")


@mall.command("make-admin")
@click.argument("email")
@_from_stdin
def make_admin(email: str, password_stdin: bool) -> None:
    """Make EMAIL an admin; who has no account yet gets one with a password."""
    _refusals(_make_admin, email, password_stdin)


def _make_admin(email: str, password_stdin: bool) -> None:
    if services.has_account(email):
        person = services.make_admin(email)
    else:
        person = services.make_admin(email, password=_password(password_stdin))
    click.echo(f"{person.email} is an admin.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _refusals(act: Any, *values: Any) -> None:
    try:
        act(*values)
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
