"""Someone is told something once, with what caused it, in their language."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from core import clock, messages
from core.messages import sending, words
from core.messages.models import Mail, Message
from core.use_case import use_case
from tests.factories.orders import yuan
from tests.factories.people import make_admin, make_shopper

FACTS = {"number": "O-1", "shop": "Teas of Hangzhou", "carrier": "SF", "tracking": "SF100"}


@use_case
def _tell(person_id: int, key: str = "order:O-1:sent", **more: Any) -> bool:
    return messages.send(person_id, "order_sent", key=key, **(FACTS | more))


def _all(db: Any, person_id: int) -> list[Message]:
    query = select(Message).where(Message.person_id == person_id).order_by(Message.id)
    return list(db.session.scalars(query))


def test_the_same_notice_is_written_once(db: Any) -> None:
    person = make_shopper()
    assert _tell(person.id) is True
    assert _tell(person.id) is False
    (told,) = _all(db, person.id)
    assert told.subject == "Your order O-1 is on its way"
    assert "Teas of Hangzhou has sent order O-1 with SF, tracking number SF100." in told.body


def test_many_at_once_say_each_thing_once_and_the_first_of_a_day(db: Any) -> None:
    one, other = make_shopper(), make_shopper()

    @use_case
    def tell_all() -> int:
        said = [(one, "a", "loan:1"), (one, "a", ""), (other, "a", ""), (one, "b", "loan:1"),
                (one, "c", ""), (other, "d", "loan:1")]  # fmt: skip
        notes = [
            messages.note(who.id, "order_sent", key=key, about=about, **FACTS)
            for who, key, about in said
        ]
        return messages.send_all(notes)

    assert (tell_all(), tell_all()) == (4, 0)
    assert [(m.key, m.about) for m in _all(db, one.id)] == [("a", "loan:1"), ("c", "")]
    assert [(m.key, m.on_day) for m in _all(db, other.id)] == [("a", None), ("d", clock.today())]


def test_what_is_rolled_back_was_not_said(db: Any) -> None:
    person = make_shopper()

    @use_case
    def fails() -> None:
        messages.send(person.id, "order_sent", key="k", **FACTS)
        raise ValueError("the parcel burst")

    with pytest.raises(ValueError):
        fails()
    assert _all(db, person.id) == []


def test_outside_any_action_nothing_can_be_said(db: Any) -> None:
    with pytest.raises(RuntimeError):
        messages.send(make_shopper().id, "order_sent", key="k", **FACTS)


def test_chinese_for_who_wants_it_else_english(db: Any) -> None:
    person = make_shopper()
    sending.wish(person.id, "zh")
    _tell(person.id)
    assert _all(db, person.id)[0].subject == "您的订单 O-1 已发货"
    sending.wish(person.id, "en")
    _tell(person.id, key="another")
    assert _all(db, person.id)[1].subject.startswith("Your order")


def test_a_missing_fact_is_an_error(db: Any) -> None:
    @use_case
    def forgets() -> None:
        messages.send(person.id, "order_sent", key="k", number="O-1")

    person = make_shopper()
    with pytest.raises(Exception, match="undefined"):
        forgets()


def test_of_a_loan_one_notice_a_day(db: Any) -> None:
    person = make_shopper()
    with clock.travel(date(2026, 11, 26)):
        assert _tell(person.id, key="a", about="loan:L-1") is True
        assert _tell(person.id, key="b", about="loan:L-1") is False
        assert _tell(person.id, key="c", about="loan:L-2") is True
    with clock.travel(date(2026, 11, 27)):
        assert _tell(person.id, key="d", about="loan:L-1") is True


def test_admins_are_told_each(db: Any) -> None:
    first, second, shopper = make_admin(), make_admin(), make_shopper()

    @use_case
    def tell() -> None:
        messages.to_admins("order_sent", key="k", **FACTS)

    tell()
    assert [len(_all(db, each.id)) for each in (first, second, shopper)] == [1, 1, 0]


def test_mail_waits_only_where_mail_is_set_up(app: Any, db: Any, monkeypatch: Any) -> None:
    person = make_shopper()
    _tell(person.id)
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    _tell(person.id, key="second")
    _tell(person.id, key="third", mail=False)
    waiting = db.session.execute(select(func.count(Mail.id))).scalar()
    assert (len(_all(db, person.id)), waiting) == (3, 1)


def test_an_erased_person_leaves_no_words(app: Any, db: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(app.config, "MAIL_URL", "smtp://127.0.0.1:1")
    person, other = make_shopper(), make_shopper()
    _tell(person.id)
    _tell(other.id)
    messages.forget(person.id)
    db.session.expire_all()
    (left,), (kept,) = _all(db, person.id), _all(db, other.id)
    assert (left.subject, left.body, left.link) == ("", "", "")
    assert kept.body
    states = dict(db.session.execute(select(Mail.message_id, Mail.state)).all())
    assert states == {left.id: "canceled", kept.id: "waiting"}
    assert _tell(person.id) is False  # what was told once is not told again


def test_old_messages_go(db: Any) -> None:
    person = make_shopper()
    with clock.travel(date(2026, 1, 1)):
        _tell(person.id, key="old")
    with clock.travel(date(2026, 11, 1)):
        _tell(person.id, key="new")
        assert sending.remove_before(clock.now() - timedelta(days=30)) == 1
    assert [each.key for each in _all(db, person.id)] == ["new"]


def test_paragraphs_stay_apart_around_what_is_left_out(db: Any) -> None:
    facts = {"number": "O-1", "amount": yuan("60.00"), "cause": "It is broken", "note": ""}
    without = words.render("return_asked", "en", facts).body
    assert without.count("\n\n") == 1 and "\n\n\n" not in without
    spoken = words.render("return_asked", "en", facts | {"note": "The lid."}).body
    assert spoken.split("\n\n")[1:] == [
        "The lid.",
        "Please accept or reject it; until then this money waits.",
    ]
    said = words.render("advance_refused", "en", {"amount": yuan("9.00"), "reasons": ["A.", "B."]})
    assert said.body.split("\n\n")[0] == "We cannot grant ¥9.00 now:\n- A.\n- B."
