"""Files of evidence: who may attach, see and remove them, what is taken, and where they go."""

from io import BytesIO
from typing import Any

import pytest

from core.errors import NotFound
from mall.disputes import documents, services
from mall.disputes.casework import AnsweredAlready
from mall.disputes.documents import OneOfAKind, TooLarge
from mall.orders.models import Order
from mall.orders.rules import OrderState
from payments import disputes_files
from payments import services as payments
from payments.disputes_files import BadFile
from payments.models import GatewayOp
from tests.factories.disputes import case_of, tell
from tests.factories.orders import make_order
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in
from tests.factories.stripe import PDF, png


def _disputed(state: str = "needs_response") -> Order:
    order = make_order(state=OrderState.DELIVERED)
    tell(order, state)
    return order


def _attach(order: Order, field: str = "receipt", body: bytes = PDF, name: str = "r.pdf") -> Any:
    return documents.attach(
        case_of(order).number,
        field=field,
        name=name,
        body=body,
        by=f"seller:{order.seller_id}",
        seller_id=order.seller_id,
    )


def test_a_file_is_what_its_bytes_are(db: Any) -> None:
    order = _disputed()
    file = _attach(order, body=png(), name="C:\\papers\\proof.exe")
    assert (file.name, file.media_type) == ("proof.png", "image/png")
    found, body = documents.opened(case_of(order).number, file.id, order.seller_id)
    assert (found.size, body) == (len(png()), png())


@pytest.mark.parametrize(
    "body",
    [b"", b"MZ\x90", b"<svg/>", b"%PDF-1.4 cut off", b"\x89PNG\r\n\x1a\nno picture", b"GIF89a"],
)
def test_other_files_are_refused(db: Any, body: bytes) -> None:
    with pytest.raises(BadFile):
        _attach(_disputed(), body=body, name="r.pdf")


def test_at_most_four_and_a_half_megabytes_in_all(db: Any) -> None:
    order = _disputed()
    large = PDF[:-6] + b" " * 2_500_000 + b"%%EOF\n"
    _attach(order, "receipt", large)
    with pytest.raises(TooLarge):
        _attach(order, "customer_signature", large + b" ")
    with pytest.raises(BadFile):
        _attach(order, "customer_signature", PDF[:-6] + b" " * 4_500_000 + b"%%EOF\n")


def test_one_of_a_kind_and_the_same_twice_is_once(db: Any) -> None:
    order = _disputed()
    assert _attach(order).id == _attach(order).id
    with pytest.raises(OneOfAKind):
        _attach(order, body=png())
    documents.remove(case_of(order).number, _attach(order).id, seller_id=order.seller_id)
    assert documents.listed(case_of(order).number) == []
    with pytest.raises(NotFound):
        disputes_files.load(disputes_files.sha256(PDF).hexdigest())
    assert _attach(order, body=png()).media_type == "image/png"


def test_strangers_neither_attach_nor_see_nor_remove(db: Any) -> None:
    order, other = _disputed(), make_seller()
    file, number = _attach(order), case_of(order).number
    with pytest.raises(NotFound):
        documents.opened(number, file.id, other.id)
    with pytest.raises(NotFound):
        documents.remove(number, file.id, seller_id=other.id)
    with pytest.raises(NotFound):
        documents.attach(
            number, field="receipt", name="", body=PDF, by="seller:1", seller_id=other.id
        )
    assert [each.id for each in documents.listed(number)] == [file.id]


def test_the_answer_names_the_files_and_then_they_stay(db: Any) -> None:
    order = _disputed()
    file = _attach(order)
    number = case_of(order).number
    op_id = services.submit(number, by="mall")
    params = db.session.get(GatewayOp, op_id).params
    assert params["files"] == {"receipt": file.digest}
    assert "documents" not in params
    for late in (
        lambda: _attach(order, "customer_signature"),
        lambda: documents.remove(number, file.id, seller_id=order.seller_id),
    ):
        with pytest.raises(AnsweredAlready):
            late()


def test_a_refused_answer_can_be_given_again_under_a_new_operation(db: Any) -> None:
    """The sandbox bank does not know this dispute (only we were told of it): it refuses."""
    order = _disputed()
    number = case_of(order).number
    assert services.hand_in(number, by="admin:1") is False
    case = case_of(order)
    assert (case.state, case.answered_at, bool(case.refused)) == ("open", None, True)
    first = case.op_id
    assert services.answer_due() == 0  # a person mends it
    again = services.submit(number, by="admin:1")
    assert again != first and services.submit(number, by="admin:1") == again
    assert payments.op_view(first).state == "refused"


def test_files_on_the_pages_of_both_consoles(client: Any, db: Any) -> None:
    order = _disputed()
    number = case_of(order).number
    for who, console in ((make_admin(), "admin"), (order, "seller")):
        sign_in(client, _owner(order) if console == "seller" else who)
        kind = "receipt" if console == "admin" else "customer_communication"
        sent = {"field": kind, "file": (BytesIO(PDF), f"{console}.pdf")}
        at = f"/{console}/disputes/{number}"
        client.post(f"{at}/documents", data=sent, content_type="multipart/form-data")
        page = client.get(at).text
        assert f"{console}.pdf" in page
        file = documents.listed(number)[-1]
        got = client.get(f"{at}/documents/{file.id}")
        assert got.data == PDF
        assert got.headers["Content-Disposition"] == f"attachment; filename={console}.pdf"
    assert "admin.pdf" not in page  # what the mall attached is not the seller's to see
    sign_in(client, make_shopper())
    assert client.get(f"/seller/disputes/{number}/documents/{file.id}").status_code == 404


def _owner(order: Order) -> Any:
    from core.db import db
    from mall.sellers.models import Seller

    return db.session.get(Seller, order.seller_id)
