"""A seller's capital: what is open now and why, and drawing it."""

from typing import Any

from flask import (
    Blueprint,
    current_app,
    render_template,
    request,
)
from flask_login import current_user

from core import guards
from core.messages import sending
from core.money import Money
from core.once import once
from finance.capital import (
    agreeing,
    meters,
    offering,
    price_words,
    queries,
    services,
)
from finance.capital.early_settlement import rules as today_rules
from finance.capital.forms import (
    DrawForm,
    LoanForm,
    SellForm,
    ShareForm,
)
from finance.capital.pressing import accepted_by, pressed
from finance.capital.term_loan import services as loans
from finance.capital.term_loan.offering import loan_page
from finance.contracts import showing as showing_contracts
from finance.contracts.consents import ConsentMissing
from finance.contracts.contract import Contract
from finance.risk import said
from finance.risk.warning import queries as warned
from mall import facts

bp = Blueprint("capital", __name__, url_prefix="/seller/capital")
guards.require(bp, "seller")


def own() -> int:
    """The shop of who is signed in; raises NotFound."""
    return facts.seller_of(current_user.id).id


@bp.errorhandler(ConsentMissing)
def _no_scoring(refusal: ConsentMissing) -> Any:
    """No offers to a shop that does not want to be scored; what runs is shown all the same."""
    advances = queries.advances_of(own())
    page = render_template(
        "finance/contracts/no_scoring.html", sentence=str(refusal), advances=advances
    )
    return page, 200 if request.method == "GET" else refusal.status


@bp.get("/")
def index() -> str:
    return overview()


def overview() -> str:
    view = offering.overview(own())
    hashes = {kept.number: agreeing.held(kept).hash for kept in view.held}
    return render_template(
        "finance/capital/index.html",
        view=view,
        warnings=warned.in_force(own()),
        words=lambda text: said.sentence(text, sending.language_of(current_user.id)),
        hashes=hashes,
        reasons=meters.reasons_of,
    )


@bp.route("/order-advance", methods=["GET", "POST"])
@once
def order_advance() -> Any:
    refused, status, seller_id = None, 200, own()
    form = DrawForm(request.form or request.args)  # an amount in the address is only looked at
    if form.submitted_and_valid:
        amount = form.amount.money(_currency())
        done, refused, status = pressed(
            lambda: services.draw_on_orders(
                seller_id, amount, key=form.key.data or "", accepted=accepted_by(form)
            )
        )
        if done:
            return done
    view = offering.order_page(seller_id)
    contract = _drawn_by(form, view)
    return render_template(
        "finance/capital/order_advance.html",
        view=view,
        form=form,
        agree=showing_contracts.beside(contract) if contract else None,
        drawn=contract.principal if contract else 0,
        pays_for=price_words.of_orders(view.asked),
        refused=refused,
        reasons=meters.reasons_of,
    ), 422 if form.errors else status


def _drawn_by(form: DrawForm, view: offering.OrderPage) -> Contract | None:
    """The contract of the amount in the address or the form, if orders carry it."""
    if not form.amount.data or not form.amount.validate(form):
        return None
    return agreeing.draw(view.asked, form.amount.money(_currency()))


@bp.route("/paid-today", methods=["GET", "POST"])
@once
def paid_today() -> Any:
    form, refused, status, seller_id = SellForm(), None, 200, own()
    if form.submitted_and_valid:
        done, refused, status = pressed(
            lambda: services.sell_order(
                seller_id,
                form.order.data or "",
                key=form.key.data or "",
                accepted=accepted_by(form),
            )
        )
        if done:
            return done
    asked, claims, outcome = offering.today_page(seller_id)
    ready = {c.order_number: agreeing.sale(asked, c).hash for c in claims if not c.why}
    return render_template(
        "finance/capital/paid_today.html",
        asked=asked,
        claims=claims,
        daily_ppm=today_rules.daily_ppm(asked.score.pd_ppm, asked.terms.paid_today),
        pays_for=price_words.of_today(asked),
        hashes=ready,
        outcome=refused or outcome,
        form=form,
        reasons=meters.reasons_of,
    ), 422 if form.errors else status


@bp.route("/sales-share", methods=["GET", "POST"])
@once
def sales_share() -> Any:
    form, refused, status, seller_id = ShareForm(), None, 200, own()
    if form.submitted_and_valid:
        amount = Money(form.amount.data or 0, _currency())
        share, key = form.share.data or 0, form.key.data or ""
        done, refused, status = pressed(
            lambda: (
                services.hold_sales_share(seller_id, amount, share, key=key)
                if form.hold.data
                else services.take_sales_share(
                    seller_id, amount, share, key=key, accepted=accepted_by(form)
                )
            )
        )
        if done:
            return done
    return _share_page("sales_share", refused), 422 if form.errors else status


@bp.get("/sales-share/quote")
def quote() -> Any:
    return _share_page("_quote", None)


def _share_page(name: str, refused: Any) -> str:
    view = offering.share_page(own(), whole_of("amount"), whole_of("share"))
    offer = view.choice.offer
    return render_template(
        f"finance/capital/{name}.html",
        view=view,
        form=ShareForm(formdata=None),
        agree=showing_contracts.beside(agreeing.share(view.asked, offer)) if offer else None,
        pays_for=price_words.of_share(view.asked, offer) if offer else "",
        refused=refused,
        reasons=meters.reasons_of,
    )


def whole_of(name: str) -> int | None:
    """A whole number out of the address or the form; anything else is no answer."""
    text = request.values.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 15 else None


def _currency() -> str:
    return str(current_app.config["MALL_CURRENCY"])


@bp.route("/term-loan", methods=["GET", "POST"])
@once
def term_loan() -> Any:
    form, refused, status, seller_id = LoanForm(), None, 200, own()
    if form.submitted_and_valid:
        amount = Money(form.amount.data or 0, _currency())
        months, key = form.months.data or 0, form.key.data or ""
        done, refused, status = pressed(
            lambda: (
                loans.hold_term_loan(seller_id, amount, months, key=key)
                if form.hold.data
                else loans.take_term_loan(
                    seller_id, amount, months, key=key, accepted=accepted_by(form)
                )
            )
        )
        if done:
            return done
    return _loan_page("term_loan", refused), 422 if form.errors else status


@bp.get("/term-loan/quote")
def loan_quote() -> Any:
    return _loan_page("_loan_quote", None)


def _loan_page(name: str, refused: Any) -> str:
    view = loan_page(own(), whole_of("amount"), whole_of("months"))
    offer = view.choice.offer
    return render_template(
        f"finance/capital/{name}.html",
        view=view,
        form=LoanForm(formdata=None),
        agree=showing_contracts.beside(agreeing.loan(view.asked, offer)) if offer else None,
        pays_for=price_words.of_loan(view.asked, offer) if offer else "",
        refused=refused,
        reasons=meters.reasons_of,
    )
