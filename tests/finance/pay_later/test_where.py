"""A reason at checkout leads to the page where one can change it."""

from finance.pay_later.method import reasons_of
from finance.risk import buyer_words


def test_only_who_has_not_said_when_they_were_born_is_led_there() -> None:
    unknown, young = buyer_words.age(None, 18), buyer_words.age(False, 18)
    assert [r.link for r in reasons_of((unknown, young))] == ["/account/credit#born", ""]
