"""Every reason that can be given is said in Chinese too, with the same numbers."""

import json
import re

import pytest

from core.messages import sending
from core.messages.reading import messages_of
from core.use_case import use_case
from finance.capital import news
from finance.risk import buyer_words, said, seller_words
from finance.risk.fraud.signals import all_signals
from finance.risk.outcome import Outcome, Why
from finance.risk.promises import Promise
from finance.risk.scorecard import Lost
from finance.risk.warning import rules
from tests.factories.people import make_seller, sign_in
from tests.finance.money import yuan
from tests.finance.risk.test_reviews import declined
from tests.finance.risk.warning.test_rules import IN_TROUBLE

CNY = "CNY"
WHYS = [
    buyer_words.age(None, 18), buyer_words.age(False, 21), buyer_words.identity(0, 1),
    buyer_words.linked(""), buyer_words.too_new(9, 1, 3),
    buyer_words.overdue(31_800, "2026-05-10", CNY), buyer_words.load(80_000, 30_000, 90_000, CNY),
    buyer_words.over_limit(200_000, 60_000, CNY), buyer_words.over_limit(200_000, 0, CNY),
    buyer_words.may_grow(buyer_words.over_limit(200_000, 60_000, CNY)),
    buyer_words.lowered(5, 500_000), buyer_words.many_plans(5, 5), buyer_words.claims(3, 2),
    buyer_words.own_ceiling(100_000, CNY), buyer_words.paused("2026-05-10"),
    buyer_words.not_financed("above 50,000.00"), buyer_words.no_consent(),
    buyer_words.many_requests(10, 10),
    seller_words.held("chargebacks"), seller_words.not_open(), seller_words.too_young(40, 90),
    seller_words.few_months(2, 3), seller_words.few_of_six(4, 5),
    seller_words.too_small(10_000, 25_000, CNY), seller_words.account_changed(3, 30),
    seller_words.late_contract(4), seller_words.loaded(400_000, 350_000),
    seller_words.running(500_000, 200_000, 600_000, CNY), seller_words.many_asks(11, 10),
    seller_words.over_base(90_000, 50_000, CNY), seller_words.over_base(90_000, 0, CNY),
    seller_words.over_forecast(90_000, 50_000, CNY), seller_words.over_history(90_000, 0, CNY),
    seller_words.over_proven(90_000, 50_000, 75_000, 40, True, CNY),
    seller_words.over_proven(90_000, 50_000, 50_000, 40, False, CNY),
    seller_words.over_history(90_000, 50_000, CNY), seller_words.below_least(50, 10_000, CNY),
    seller_words.over_limit(90_000, 0, CNY), seller_words.left_out(("O-1", "O-2")),
    seller_words.linked(""), Why("x", "Your shop is not approved.", "Pay 1,400.00 now, 600.00 in 3 parts."),
    Why("x", "Your shop is not approved.", "600.00 later would do."),
]  # fmt: skip


def of_cards():
    """Every feature's words, with what the promise adds."""
    for feature in buyer_words._CARD_WORDS:
        yield buyer_words.of_the_card(Lost(feature, "RB", 3, 2, 9))
        yield buyer_words.of_the_card(Lost(feature, "RB", None, 2, 9))
    for feature in seller_words._CARD_WORDS:
        yield seller_words.of_the_card(Lost(feature, "RS", 3, 2, 9), CNY)
        yield seller_words.of_the_card(Lost(feature, "RS", None, 2, 9), CNY)


def of_gates_and_warnings():
    """What fraud detection says of a shop, and what early warnings say and advise."""
    for signal in all_signals():
        yield Why("H07", signal.sentence, signal.sentence)
    for code, (trouble, _) in IN_TROUBLE.items():
        (found,) = [w for w in rules.warnings_of(trouble) if w.code == code]
        yield Why(code, found.reason, found.act)
        yield Why(code, rules.name_of(code), rules.name_of(code))


@pytest.mark.parametrize(
    "why",
    [*WHYS, *of_cards(), *of_gates_and_warnings()],
    ids=lambda why: f"{why.code} {why.text[:30]}",
)
def test_every_sentence_is_known_and_keeps_its_numbers(why):
    for text in (why.text, why.change):
        chinese = said.sentence(text, "zh")
        assert re.search("[\u4e00-\u9fff]", chinese), text
        assert (
            sorted(re.findall(r"\d[\d,.]*\d|\d", chinese))
            == sorted(re.findall(r"\d[\d,.]*\d|\d", text))
            or "三" in chinese
        )
        assert said.sentence(text, "en") == text


def test_what_is_added_to_a_promise_is_said_too():
    lost = Lost("confirmed_orders_365", "RB02", 1, 3, 20)
    why = buyer_words.of_the_card(lost)
    assert said.sentence(Promise(lost, 40, 40).add_to(why), "zh") == "3 或更多。仅此一项即已足够。"
    some = said.sentence(Promise(lost, 12, 40).add_to(why), "zh")
    assert some == "3 或更多。可补上所缺 40 分中的 12 分。"


def test_a_sentence_nobody_knows_stays():
    assert said.sentence("Somebody else's words.", "zh") == "Somebody else's words."


def test_both_sides_of_the_file_have_the_same_holes():
    words = json.loads((said._FOLDER / "zh.json").read_text())
    for english, chinese in words.items():
        assert sorted(said._HOLE.findall(english)) == sorted(said._HOLE.findall(chinese)), english


def test_a_shop_that_reads_chinese_is_told_so(db):
    seller = make_seller()
    sending.wish(seller.owner_id, "zh")
    no = Outcome(False, 500, "E", 100_000, 0, 0, (seller_words.over_base(90_000, 50_000, CNY),))
    use_case(news.declined)(seller.id, "order_advance", yuan("900.00"), no)
    body = messages_of(seller.owner_id)[0].body
    assert "申请金额超出您已发货订单所能支持的 500.00" in body


def test_a_shopper_reads_a_decision_in_chinese(db, client):
    person, decision = declined()
    sign_in(client, person)
    path = f"/account/credit/decisions/{decision.id}"
    assert "Your account is 0 days old" in client.get(path).text
    sending.wish(person.id, "zh")
    assert "您的账户已开立 0 天" in client.get(path).text
