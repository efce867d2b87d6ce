"""A person's balance: the statement, paying in, taking out."""

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_login import current_user

from core import guards
from core.errors import DomainError
from core.once import once
from mall.wallet import queries, rules, services
from mall.wallet.forms import TopUpForm, WithdrawForm
from mall.wallet.models import TopUp, Withdrawal
from payments import cards
from payments import services as payments

bp = Blueprint("wallet", __name__, url_prefix="/account/wallet")
guards.require(bp, "person")


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


@bp.get("")
def index() -> str:
    person_id, before = current_user.id, request.args.get("before", type=int)
    return render_template(
        "mall/wallet/index.html",
        available=queries.balance_of(person_id, _currency()),
        held=queries.held_of(person_id, _currency()),
        statement=queries.statement(person_id, _currency(), before=before),
        withdrawals=queries.withdrawals_of(person_id, 5),
        masked=rules.masked,
        older=before is not None,
    )


@bp.route("/top-up", methods=["GET", "POST"])
@once
def top_up() -> Any:
    form = TopUpForm().with_cards(cards.of(current_user.id))
    if form.submitted_and_valid:
        try:
            payment = services.top_up(
                current_user.id,
                form.amount.money(_currency()),
                form.key.data or "",
                form.source,
            )
            payments.refresh(payment.id)
        except DomainError as refusal:
            form.amount.errors = [str(refusal)]
        else:
            number = payment.purpose.partition(":")[2]
            return redirect(url_for(".topped_up", number=number), 303)
    return _form_page("mall/wallet/top_up.html", form, "top_up", TopUp)


@bp.get("/top-up/<number>")
def topped_up(number: str) -> str:
    """Paid in, refused, or still waiting: then the payment is asked about again."""
    asked = queries.top_up_of(number, current_user.id)
    payment = payments.refresh(asked.payment_id)
    return render_template(
        "mall/wallet/topped_up.html",
        asked=queries.top_up_of(number, current_user.id),
        payment=payment,
        available=queries.balance_of(current_user.id, _currency()),
    )


@bp.route("/withdraw", methods=["GET", "POST"])
@once
def withdraw() -> Any:
    form = WithdrawForm()
    if form.submitted_and_valid:
        try:
            asked = services.withdraw(
                current_user.id,
                form.amount.money(_currency()),
                form.key.data or "",
                form.destination.data or "",
            )
        except services.NoSuchAccount as refusal:
            form.destination.errors = [str(refusal)]
        except DomainError as refusal:
            form.amount.errors = [str(refusal)]
        else:
            return redirect(url_for(".withdrawn", number=asked.number), 303)
    elif not form.is_submitted():
        last = queries.withdrawals_of(current_user.id, 1)
        form.destination.data = last[0].destination if last else ""
    return _form_page("mall/wallet/withdraw.html", form, "withdraw", Withdrawal)


@bp.get("/withdraw/<number>")
def withdrawn(number: str) -> str:
    asked = queries.withdrawal_of(number, current_user.id)
    return render_template("mall/wallet/withdrawn.html", asked=asked, masked=rules.masked)


def _form_page(
    template: str, form: Any, direction: str, table: type[TopUp] | type[Withdrawal]
) -> Any:
    minimum, daily = services.limits(direction, _currency())
    page = render_template(
        template,
        form=form,
        available=queries.balance_of(current_user.id, _currency()),
        minimum=minimum,
        daily=daily,
        left=rules.left_today(daily, queries.used_today(table, current_user.id, _currency())),
    )
    return page, 422 if form.errors else 200
