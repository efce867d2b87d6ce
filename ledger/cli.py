"""`flask ledger`: prove the book, and read it."""

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from core.money import Money
from ledger import audit, audit_declared, book, chain, postings
from ledger import expiry as _expiry  # noqa: F401 - registers its job
from ledger.accounts import UnknownAccount, at

_FILE = click.Path(dir_okay=False, path_type=Path)
group = AppGroup("ledger", help="Prove and read the one book of money.")


def init_app(app: Flask) -> None:
    app.cli.add_command(group)
    audit.add("every line is one that its posting declares", audit_declared.undeclared)


@group.command("audit")
def audit_command() -> None:
    """Ask every invariant; exit 1 when one is broken."""
    findings = audit.run()
    for finding in findings:
        click.echo(f"ok     {finding.name}" if finding.ok else _failed(finding))
    broken = sum(not finding.ok for finding in findings)
    click.echo(f"{len(findings)} invariants, {broken} broken")
    if broken:
        raise SystemExit(1)


def _failed(finding: audit.Finding) -> str:
    return f"FAILED {finding.name} — {finding.detail}"


@group.command("statement")
@click.argument("account")
@click.option("--currency", help="The mall's own when not given.")
def statement_command(account: str, currency: str | None) -> None:
    """Print what moved on ACCOUNT, e.g. 2100:escrow:O-7K2M9Q4FA."""
    currency = currency or current_app.config["MALL_CURRENCY"]
    try:
        named = at(account)
    except UnknownAccount as error:
        raise click.ClickException(f"{error} Write it as 2100:escrow:O-7K2M9Q4FA.") from None
    click.echo(f"{'date':<10}  {'change':>16}  {'balance':>16}  journal")
    for line in book.statement(named, currency):
        about = f"{line.key}  {line.kind} {line.reason}".rstrip()
        click.echo(f"{line.on}  {_plain(line.change)}  {_plain(line.balance)}  {about}")
    balance, available = book.balance(named, currency), book.available(named, currency)
    click.echo(f"balance {balance}, available {available}")


@group.command("postings")
@click.option("--markdown", is_flag=True, help="As the tables of docs/ledger.md.")
@click.option("--write", type=click.Path(path_type=Path), help="Renew the tables in this page.")
def postings_command(markdown: bool, write: Path | None) -> None:
    """Print every way money can move: kinds of journals and the lines they may have."""
    if write:
        write.write_text(postings.renewed(write.read_text()))
        return
    if markdown:
        click.echo(postings.as_markdown())
        return
    for each in postings.declared():
        click.echo(f"{each.kind or each.name}: {each.says}")
        for line in each.lines:
            click.echo(f"    {line}")


@group.command("heads")
@click.option("--publish", type=_FILE, help="Seal, write the head down, and append it to FILE.")
@click.option("--verify", type=_FILE, help="Hold the chain to the heads in FILE; exit 1 if not.")
def heads_command(publish: Path | None, verify: Path | None) -> None:
    """Print the published heads of the hash chain, and the last one."""
    if publish:
        chain.seal_all()
        chain.publish(publish)
    for row in chain.published():
        click.echo(f"{row.seq:>10}  {row.hash}  published {row.published_at:%Y-%m-%d %H:%M} UTC")
    seq, hash = chain.head()
    click.echo(f"{seq:>10}  {hash}  now")
    lost = chain.lost_heads(chain.read(verify)) if verify else []
    for fault in lost:
        click.echo(f"FAILED {fault}")
    if lost:
        raise SystemExit(1)


@group.command("trial-balance")
@click.option("--currency", help="All when not given.")
def trial_balance_command(currency: str | None) -> None:
    """Print the sums of every kind of account; both sides are equal."""
    for each in [currency] if currency else book.currencies():
        _print_trial_balance(each)


def _print_trial_balance(currency: str) -> None:
    lines = book.trial_balance(currency)
    click.echo(f"{currency:<27}  {'debits':>16}  {'credits':>16}  {'balance':>16}")
    for line in lines:
        name = f"{line.kind.code} {line.kind.name}"
        sums = f"{_plain(line.debits)}  {_plain(line.credits)}  {_plain(line.balance)}"
        click.echo(f"{name:<27}  {sums}")
    debits, credits = sum(x.debits.minor for x in lines), sum(x.credits.minor for x in lines)
    both = f"{_plain(Money(debits, currency))}  {_plain(Money(credits, currency))}"
    click.echo(f"{'total':<27}  {both}")


def _plain(amount: Money) -> str:
    return f"{amount.decimal_text():>16}"
