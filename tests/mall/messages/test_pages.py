"""Everyone reads their own messages; the head of every page counts the unread ones."""

from typing import Any

from core import messages
from core.use_case import use_case
from tests.factories.people import make_admin, make_seller, make_shopper, sign_in

FACTS = {"number": "O-1", "shop": "Teas & Sons", "carrier": "", "tracking": ""}


@use_case
def _tell(person_id: int, key: str, link: str = "/account/orders") -> None:
    messages.send(person_id, "order_sent", key=key, link=link, **FACTS)


def test_unread_is_counted_read_is_not(client: Any, db: Any) -> None:
    person = make_shopper()
    _tell(person.id, "1")
    _tell(person.id, "2")
    sign_in(client, person)
    page = client.get("/account/messages").text
    assert "Messages, 2 unread" in page and "Teas &amp; Sons has sent" in page
    from core.messages.reading import messages_of

    newest, oldest = messages_of(person.id)
    went = client.post(f"/account/messages/{oldest.id}/open")
    assert went.location == "/account/orders"
    assert "Messages, 1 unread" in client.get("/cart").text
    client.post("/account/messages/read", data={"up_to": newest.id})
    assert "unread" not in client.get("/cart").text


def test_what_came_after_the_page_stays_unread(client: Any, db: Any) -> None:
    from core.messages.reading import messages_of

    person = make_shopper()
    _tell(person.id, "1")
    shown = messages_of(person.id)[0].id
    _tell(person.id, "2")
    sign_in(client, person)
    client.post("/account/messages/read", data={"up_to": shown})
    assert "Messages, 1 unread" in client.get("/cart").text


def test_a_strangers_message_is_not_there(client: Any, db: Any) -> None:
    from core.messages.reading import messages_of

    owner = make_shopper()
    _tell(owner.id, "1")
    sign_in(client, make_shopper())
    message = messages_of(owner.id)[0]
    assert client.post(f"/account/messages/{message.id}/open").status_code == 404
    assert "No messages" in client.get("/account/messages").text
    assert messages_of(owner.id)[0].read_at is None


def test_sellers_and_admins_are_led_there_from_their_consoles(client: Any, db: Any) -> None:
    seller, admin = make_seller(), make_admin()
    for person_id, who, page in (
        (seller.owner_id, seller, "/seller/"),
        (admin.id, admin, "/admin/"),
    ):
        _tell(person_id, "1")
        sign_in(client, who)
        text = client.get(page).text
        assert 'href="/account/messages"' in text and "unread" in text
        assert "Teas &amp; Sons" in client.get("/account/messages").text


def test_a_person_chooses_the_language(client: Any, db: Any) -> None:
    person = make_shopper()
    sign_in(client, person)
    client.post("/account/messages/language", data={"language": "zh"})
    _tell(person.id, "1")
    assert "您的订单 O-1 已发货" in client.get("/account/messages").text
