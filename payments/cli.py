"""Payments from the terminal."""

from pathlib import Path

import click
from flask.cli import AppGroup
from sqlalchemy import select

from core.db import db
from core.errors import DomainError
from payments import bank_import, inbox, services, sweeps
from payments.models import GatewayOp, Payment

payments = AppGroup("payments", help="Look at payments and bring them forward.")


@payments.command("resolve")
def resolve() -> None:
    """Bring every operation that is due forward, and apply notices that wait."""
    states = sweeps.resolve(sweeps.due_ops())
    for op_id, state in states.items():
        op = db.session.get(GatewayOp, op_id)
        if op is not None:
            click.echo(f"{op_id}  {op.kind:7} {op.ref:30} {op.money!s:>18}  {state}  {op.code}")
    applied = inbox.apply_waiting()
    click.echo(f"{len(states)} operations looked at, {applied} notices applied.")


@payments.command("show")
@click.argument("payment")
def show(payment: str) -> None:
    """Show PAYMENT (its id or its purpose, such as checkout:C-7K2M) and its operations."""
    wanted = Payment.purpose == payment
    if payment.isdigit():
        wanted = Payment.id == int(payment)
    found = db.session.scalars(select(Payment.id).where(wanted)).first()
    if found is None:
        raise click.ClickException(f"There is no payment {payment}.")
    seen = services.view(found)
    click.echo(f"{seen.id}  {seen.purpose}  {seen.amount}  {seen.state}: {seen.message}")
    click.echo(f"captured {seen.captured}, refunded {seen.refunded}, at {seen.gateway}")
    for op in services.ops_of(found):
        click.echo(
            f"  {op.id}  {op.kind:7} {op.ref:30} {op.amount!s:>18}  {op.state}"
            f"  tries {op.attempts}  {op.object_id}"
        )


@payments.command("give-up")
@click.argument("op_id", type=int)
@click.option("--why", required=True, help="What was seen at the gateway; shown to the payer.")
def give_up(op_id: int, why: str) -> None:
    """Treat the unknown operation OP_ID as refused, after looking at the gateway by hand."""
    try:
        click.echo(f"{op_id} is {services.give_up(op_id, why)}.")
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None


@payments.command("import-statement")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_statement(file: Path) -> None:
    """Take in a bank statement FILE (CSV or camt.053); a second time changes nothing."""
    try:
        taken = bank_import.take_in(file.read_bytes(), file.name, by="terminal")
    except DomainError as refusal:
        raise click.ClickException(str(refusal)) from None
    for one in taken:
        click.echo(f"{one.account}: {one.lines} lines, {one.new} of them new.")
