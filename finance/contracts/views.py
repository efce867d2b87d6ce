"""Pages and PDFs of accepted contracts: for the shopper, the seller, and the admin."""

from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from flask_login import current_user

from core import guards
from core.errors import NotFound
from finance.contracts import boxes, paper, queries, showing
from finance.contracts.contract import BUYER, SELLER
from finance.contracts.models import KeptContract
from finance.contracts.words import LANGUAGES
from mall import facts

shopper = Blueprint("contracts", __name__, url_prefix="/account")
seller = Blueprint("seller_contracts", __name__, url_prefix="/seller")
admin = Blueprint("admin_contracts", __name__, url_prefix="/admin/lending")
guards.require(shopper, "person")
guards.require(seller, "seller")
guards.require(admin, "admin")
_NAMES = (("en", "English"), ("zh", "中文"))


def _of_shopper(number: str) -> KeptContract:
    return queries.own(BUYER, current_user.id, number)


def _of_seller(number: str) -> KeptContract:
    return queries.own(SELLER, facts.seller_of(current_user.id).id, number)


@shopper.get("/credit/<number>/contract")
def show(number: str) -> str:
    return _page(_of_shopper(number), "contracts.show", _back(number))


def _back(number: str) -> str:
    """The page of what a contract is of: a line, or a loan (`L-…`, as a plan `L-…-P`)."""
    if number.startswith("M-"):
        return url_for("line.show", number=number)
    return url_for("credit.show", number=number.removesuffix("-P"))


@shopper.get("/credit/<number>/contract.pdf")
def show_pdf(number: str) -> Response:
    return _pdf(_of_shopper(number))


@seller.get("/capital/<number>/contract", endpoint="show")
def seller_show(number: str) -> str:
    kept = _of_seller(number)
    back = (
        f"/seller/orders/{number}"
        if kept.contract.is_price
        else url_for("capital.show", number=number)
    )
    return _page(kept, "seller_contracts.show", back)


@seller.get("/capital/<number>/contract.pdf", endpoint="show_pdf")
def seller_pdf(number: str) -> Response:
    return _pdf(_of_seller(number))


@admin.get("/loans/<number>/contract", endpoint="show")
def admin_show(number: str) -> str:
    back = url_for("desk.loan", number=number)
    return _page(queries.numbered(number), "admin_contracts.show", back)


@admin.get("/loans/<number>/contract.pdf", endpoint="show_pdf")
def admin_pdf(number: str) -> Response:
    return _pdf(queries.numbered(number))


def _wanted(kept: KeptContract) -> tuple[str, str]:
    """The disclosure and language asked for; raises NotFound for others than there are."""
    papers = boxes.all_of(kept.contract)
    usual = "full" if "full" in papers else papers[-1]
    box, language = request.args.get("box", usual), request.args.get("lang", kept.language)
    if box not in papers or language not in LANGUAGES:
        raise NotFound()
    return box, language


def _page(kept: KeptContract, page: str, back: str) -> str:
    box, language = _wanted(kept)
    document = showing.kept_document(kept, box, language)

    def tab(key: str) -> dict[str, Any]:
        title = showing.title(key, language)
        address = url_for(page, number=kept.number, box=key, lang=language)
        return {"label": title, "url": address, "current": key == box}

    return render_template(
        "finance/contracts/show.html",
        kept=kept,
        document=document,
        papers=[tab(key) for key in showing.keys_of(kept.contract)],
        languages=_NAMES,
        language=language,
        box=box,
        page=page,
        back=back,
    )


def _pdf(kept: KeptContract) -> Response:
    box, language = _wanted(kept)
    made = paper.pdf(showing.kept_document(kept, box, language))
    name = f"{kept.number}-{box}-{language}.pdf"
    answer = Response(made, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer
