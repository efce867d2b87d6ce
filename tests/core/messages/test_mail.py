"""Mails leave once, whatever the mail server does; its last word is written down."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import db as database
from core.messages import outbox, smtp
from core.messages.models import Mail
from tests.core.messages.postbox import Postbox, postbox
from tests.factories.messages import told
from tests.factories.people import make_shopper


@pytest.fixture
def box() -> Iterator[Postbox]:
    with postbox() as server:
        yield server


@pytest.fixture
def mailing(app: Any, db: Any, box: Postbox, monkeypatch: Any) -> Postbox:
    _point_at(app, box, monkeypatch)
    return box


def _point_at(app: Any, box: Postbox, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", box.url)
    monkeypatch.setitem(app.config, "MAIL_FROM", "The Mall <hello@mall.example>")
    monkeypatch.setitem(app.config, "MAIL_TIMEOUT_SECONDS", 1)


def _mail_to(name: str) -> int:
    """A message to NAME@example.com; gives the message's id."""
    return told(make_shopper(name, f"{name}@example.com").id).id


def _state(message_id: int) -> tuple[str, int, str]:
    query = select(Mail).where(Mail.message_id == message_id)
    mail = database.session.scalars(query.execution_options(populate_existing=True)).one()
    return mail.state, mail.tries, mail.answer


def test_a_letter_says_what_the_page_says(mailing: Postbox, db: Any) -> None:
    message_id = _mail_to("ann")
    assert outbox.send_waiting() == 1
    ((to, mail),) = mailing.taken
    assert to == "ann@example.com"
    assert (mail["From"], mail["To"]) == ("The Mall <hello@mall.example>", "ann <ann@example.com>")
    assert mail["Subject"] == "Your order O-1 is on its way"
    text = mail.get_content()
    assert "Teas & Sons has sent order O-1." in text
    assert "http://127.0.0.1:5000/account/orders" in text
    assert _state(message_id) == ("sent", 1, "taken")
    assert outbox.send_waiting() == 0
    assert len(mailing.taken) == 1


def test_chinese_arrives_as_chinese(mailing: Postbox, db: Any) -> None:
    from core.messages import sending

    person = make_shopper("李", "li@example.com")
    sending.wish(person.id, "zh")
    told(person.id)
    outbox.send_waiting()
    mail = mailing.taken[0][1]
    assert mail["Subject"] == "您的订单 O-1 已发货"
    assert "已发出订单 O-1" in mail.get_content()


def test_a_gray_list_is_asked_again_later(mailing: Postbox, db: Any) -> None:
    message_id = _mail_to("grey")
    outbox.send_waiting()
    assert _state(message_id) == ("waiting", 1, "450 try again later")
    assert outbox.send_waiting() == 0  # not before its time
    with clock.travel(clock.now() + timedelta(minutes=2)):
        outbox.send_waiting()
    assert _state(message_id) == ("sent", 2, "taken")
    assert len(mailing.taken) == 1


@pytest.mark.parametrize(
    ("name", "answer"), [("nobody", "550 no such user"), ("spam", "554 we do not want this")]
)
def test_a_definite_no_is_kept_and_not_asked_again(
    mailing: Postbox, db: Any, name: str, answer: str
) -> None:
    message_id = _mail_to(name)
    outbox.send_waiting()
    with clock.travel(clock.now() + timedelta(days=9)):
        outbox.send_waiting()
    assert _state(message_id) == ("refused", 1, answer)
    assert mailing.asked[f"{name}@example.com"] == 1


def test_a_full_mailbox_is_given_up_after_days(mailing: Postbox, db: Any) -> None:
    message_id = _mail_to("full")
    now = clock.now()
    for day in range(12):
        with clock.travel(now + timedelta(days=day)):
            outbox.send_waiting()
    assert _state(message_id) == ("given_up", 9, "452 mailbox full")


@pytest.mark.parametrize("name", ["lost", "slow"])
def test_a_letter_whose_answer_got_lost_comes_again_under_its_id(
    mailing: Postbox, db: Any, name: str
) -> None:
    message_id = _mail_to(name)
    outbox.send_waiting()
    state, tries, _ = _state(message_id)
    assert (state, tries) == ("waiting", 1)
    with clock.travel(clock.now() + timedelta(minutes=2)):
        outbox.send_waiting()
    assert _state(message_id)[0] == "sent"
    assert set(mailing.ids(f"{name}@example.com")) == {f"<message-{message_id}@mall.example>"}


def test_one_bad_letter_keeps_no_other_back(mailing: Postbox, db: Any) -> None:
    ids = [_mail_to(name) for name in ("lost", "ann", "nobody", "bob", "grey", "cy")]
    outbox.send_waiting()
    states = [_state(each)[0] for each in ids]
    assert states == ["waiting", "sent", "refused", "sent", "waiting", "sent"]


def test_a_server_that_hangs_up_after_each_letter_is_called_again(
    mailing: Postbox, db: Any
) -> None:
    mailing.letters_max = 1
    ids = [_mail_to(f"person{n}") for n in range(3)]
    outbox.send_waiting()
    assert [_state(each)[0] for each in ids] == ["sent"] * 3
    assert mailing.connections == 3


def test_a_busy_or_missing_server_is_asked_again_later(
    mailing: Postbox, app: Any, db: Any, monkeypatch: Any
) -> None:
    message_id = _mail_to("ann")
    mailing.busy = True
    outbox.send_waiting()
    assert _state(message_id)[:2] == ("waiting", 1)
    assert "421 too busy" in _state(message_id)[2] or "busy" in _state(message_id)[2]
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    with clock.travel(clock.now() + timedelta(minutes=2)):
        outbox.send_waiting()
    assert _state(message_id)[:2] == ("waiting", 2)
    assert "ConnectionRefused" in _state(message_id)[2]


def test_who_has_no_address_any_more_is_not_written_to(mailing: Postbox, db: Any) -> None:
    person = make_shopper("gone", "gone@example.com")
    message_id = told(person.id).id
    person.email = None
    db.session.commit()
    outbox.send_waiting()
    assert _state(message_id)[0] == "canceled" and mailing.taken == []


def test_two_workers_hand_in_each_letter_once(
    committed_app: Any, box: Postbox, monkeypatch: Any
) -> None:
    """Forty letters, four workers at once, real commits: forty arrive, none twice."""
    _point_at(committed_app, box, monkeypatch)
    with committed_app.app_context():
        ids = [_mail_to(f"person{n}") for n in range(40)]

    def work() -> None:
        with committed_app.app_context():
            outbox.send_waiting()
            database.session.remove()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    arrived = sorted(str(mail["Message-ID"]) for _, mail in box.taken)
    assert arrived == sorted(f"<message-{each}@mall.example>" for each in ids)
    with committed_app.app_context():
        sent = select(func.count()).select_from(Mail).where(Mail.state == "sent", Mail.tries == 1)
        assert database.session.scalar(sent) == 40


@pytest.mark.parametrize(
    ("url", "sender"),
    [
        ("http://mail", "a@b.c"),
        ("smtp://", "a@b.c"),
        ("smtp://h:x", "a@b.c"),
        ("smtp://h", "The Mall"),
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(url: str, sender: str) -> None:
    with pytest.raises(smtp.MailSettings):
        smtp.server(url, sender, 10)


def test_a_password_goes_to_the_port_for_it(db: Any) -> None:
    to = smtp.server("smtp://me:a%40b@mail.example", "The Mall <a@b.example>", 10)
    assert (to.host, to.port, to.user, to.password) == ("mail.example", 587, "me", "a@b")
    assert smtp.server("smtps://mail.example", "a@b.example", 10).port == 465
