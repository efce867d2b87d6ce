"""A seller's money: balances, statement, payouts, file."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)

from core import clock
from core.errors import DomainError
from core.once import once
from mall.payouts import debts, reserve_uses, reserves, schedules
from mall.payouts import services as payouts
from mall.payouts.statements import statement
from mall.payouts.terms import terms_of
from mall.sellers import money_queries as queries
from mall.sellers.console import for_open_shops, shop
from mall.sellers.console_forms import PayoutForm
from mall.sellers.csv_file import csv_file
from mall.sellers.money_forms import ExplainForm, PayInForm, ScheduleForm
from mall.sellers.rules import masked
from payments import cards

bp = Blueprint("seller_money", __name__, url_prefix="/seller/money")
for_open_shops(bp)
PER_PAGE, FLOW_DAYS = 50, 90


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


@bp.get("")
def index() -> Any:
    return money_page()


def money_page(
    payout_form: PayoutForm | None = None,
    schedule_form: ScheduleForm | None = None,
    pay_in_form: PayInForm | None = None,
) -> Any:
    """The seller's money; a form that is given is one to correct."""
    seller, currency = shop(), _currency()
    before = request.args.get("before", type=int)
    terms, balances = terms_of(seller.id), queries.balances(seller.id, currency)
    saved = cards.of(seller.owner_id) if balances.owed else []
    failed = payout_form or schedule_form or pay_in_form
    page = render_template(
        "mall/sellers/money.html",
        schedule=schedules.in_words(terms),
        next_payout=schedules.next_day(terms, clock.today()),
        schedule_form=schedule_form or ScheduleForm.of(terms, currency),
        debt=debts.debt_of(seller.id, currency, balances.owed),
        cards=saved,
        pay_in_form=pay_in_form or PayInForm(formdata=None).with_cards(saved),
        reserve=reserves.rule_of(seller.id, terms),
        held=reserves.holds_of(seller.id),
        used=reserve_uses.uses_of(seller.id),
        explanation=terms,
        explain_form=ExplainForm(formdata=None),
        balances=balances,
        statement=statement(seller.id, _currency(), limit=PER_PAGE, before=before),
        flows=queries.flows(seller.id, FLOW_DAYS),
        flow_days=FLOW_DAYS,
        coming=queries.coming(seller.id, _currency()),
        latest=queries.payouts(seller.id, 1, per_page=5).rows,
        account=masked(seller.payout_account),
        older=before is not None,
        form=payout_form or PayoutForm(formdata=None),
    )
    return page, 422 if failed else 200


@bp.get("/statement.csv")
def export() -> Response:
    rows = statement(shop().id, _currency()).rows
    head = (
        "date",
        "what",
        "about",
        "number",
        "contract",
        "amount",
        "balance",
        "currency",
        "journal",
    )
    return csv_file(
        "statement.csv",
        head,
        (
            (r.on, r.words, r.about, r.ref, r.contract, r.amount, r.balance, r.amount.currency, r.key)
            for r in rows
        ),
    )  # fmt: skip


@bp.get("/payouts")
def payout_list() -> str:
    found = queries.payouts(shop().id, request.args.get("page", 1, type=int))
    return render_template("mall/sellers/payouts.html", found=found)


@bp.post("/payouts")
@once
def ask_payout() -> Any:
    form = PayoutForm()
    if not form.submitted_and_valid:
        return money_page(payout_form=form)
    try:
        asked = payouts.request_payout(
            shop().id, form.amount.money(_currency()), key=form.key.data or ""
        )
    except DomainError as refusal:
        form.amount.errors = [str(refusal)]
        return money_page(payout_form=form)
    flash(f"Payout {asked.number} is on its way to your bank.", "good")
    return redirect(url_for(".payout_list"))
