"""English and Chinese say the same things: the same keys and places, and no English in the Chinese."""

import json
import re
from pathlib import Path
from string import Formatter

import pytest

from core.errors import NotFound
from finance.contracts import boxes, documents
from finance.contracts.words import LANGUAGES, Words, catalog
from tests.factories import contracts as made

HERE = Path(documents.__file__).parent
# what is written in Latin letters in Chinese too
ALLOWED = re.compile(r"SHA-256|[0-9a-f]{64}|《Z 条例》附录 J")


def places(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in Formatter().parse(text) if name)


def test_both_languages_have_the_same_keys_and_places() -> None:
    english, chinese = catalog("en"), catalog("zh")
    assert english.keys() == chinese.keys()
    assert [k for k in english if places(english[k]) != places(chinese[k])] == []
    assert all(text.strip() for text in (*english.values(), *chinese.values()))


def test_no_key_is_written_for_nobody() -> None:
    """Every key is named in the code or in a disclosure's data (or made of a part of a name)."""
    sources = [*HERE.glob("*.py"), *(HERE / "disclosures").glob("*.json")]
    text = "\n".join(path.read_text() for path in sources)
    made_up = re.compile(
        r"(consent|field|product|type|regime|help|code|col|keyfacts\.apr|eu\.drawdown|duration)\.|.*\.title|.*\.one"
    )
    unused = [
        key for key in catalog("en") if not made_up.match(key) and f'"{key}"' not in text
        and f"say:{key}" not in text
    ]  # fmt: skip
    assert unused == []


@pytest.mark.parametrize("regime", made.REGIMES)
@pytest.mark.parametrize("product", made.EVERY)
def test_every_regime_renders_every_product_in_both_languages(product: str, regime: str) -> None:
    contract = made.EVERY[product](regime)
    assert boxes.asked_of(contract) or regime == "US"
    for key in boxes.KEYS:
        for language in LANGUAGES:
            text = documents.as_text(documents.document(contract, key, language))
            assert "{" not in text and len(text) > 200
        foreign = re.search(r"[A-Za-z]", ALLOWED.sub("", text))
        assert foreign is None, text[foreign.start() - 30 : foreign.end() + 30]


def test_the_unions_caution_is_word_for_word() -> None:
    contract = made.installments("EU")
    for key in ("eu", "keyfacts"):
        blocks = documents.document(contract, key, "en")["blocks"]
        warnings = [text for b in blocks if b["kind"] == "warning" for text in b["items"]]
        assert warnings == ["Caution! Borrowing money costs money."]


def test_the_rate_of_the_regime_stands_largest_on_the_key_facts() -> None:
    wanted = {"CN": "10.90 %", "IN": "10.90 %", "US": "10.90 %", "EU": "11.46 %", "UK": "11.46 %"}
    found = {
        regime: documents.document(made.installments(regime), "keyfacts", "en")["main"]["value"]
        for regime in made.REGIMES
    }
    assert found == wanted


def test_one_day_is_a_day() -> None:
    words = Words("en", "CNY")
    assert words.say("duration.days", count=1) == "1 day"
    assert words.say("duration.days", count=2) == "2 days"
    assert words.percent(108_950) == "10.90 %"  # halves up


def test_other_languages_and_disclosures_are_refused() -> None:
    with pytest.raises(NotFound):
        catalog("fr")
    with pytest.raises(NotFound):
        boxes.box("br")


def test_disclosures_are_data_that_names_known_words() -> None:
    known = catalog("en")
    for key in boxes.KEYS:
        data = json.loads((HERE / "disclosures" / f"{key}.json").read_text())
        labels = [item[0] for p in data["parts"] for item in p.get("items", []) if len(item) > 1]
        assert [label for label in labels if label not in known] == []
