"""The common text is taken apart at its own names and says the same when it is put together."""

import pytest

from finance.risk.engines import base
from finance.risk.engines.named_parts import Named, taken_apart, together, trimmed

DAY = 20_700
TEXT = (
    "WITH b_sales AS \n(SELECT fact_sales.seller_id AS subject, fact_sales.amount AS amount, "
    "fact_sales.place AS place \nFROM fact_sales \nWHERE fact_sales.place != '):'), \n"
    "s_sales AS \n(SELECT b_sales.subject AS subject, sum(b_sales.amount) AS value \n"
    "FROM b_sales GROUP BY b_sales.subject)\n SELECT s.value, t.value FROM s_sales AS s "
    "JOIN s_sales AS t ON t.subject = s.subject"
)


def words(text: str) -> str:
    """Without what is between words."""
    return "".join(text.split())


def test_brackets_in_quotes_are_no_brackets() -> None:
    parts, last = taken_apart(TEXT)
    assert [(each.name, each.reads) for each in parts] == [("b_sales", 1), ("s_sales", 2)]
    assert parts[0].select.endswith("!= '):'")
    assert last.strip().startswith("SELECT s.value")
    assert words(together(parts, last)) == words(TEXT)


def test_a_column_nobody_reads_goes() -> None:
    assert "AS place" not in trimmed(TEXT)
    assert words(trimmed(TEXT)) == words(TEXT.replace(", fact_sales.place AS place", ""))


@pytest.mark.parametrize("subject", ["seller", "buyer"])
def test_the_text_is_the_same_put_together(subject: str) -> None:
    text = base.text_at(subject, DAY)
    parts, last = taken_apart(text)
    assert words(together(parts, last)) == words(text)
    names = {each.name for each in parts}
    assert "m" in names and len(names) == len(parts) > 30
    assert all(each.reads for each in parts), "a part nobody reads"
    assert taken_apart(trimmed(text))[0][-1] == parts[-1]


@pytest.mark.parametrize(
    "text", ["SELECT 1", "WITH a AS (SELECT 1", "WITH a AS (SELECT 1), SELECT 2"]
)
def test_another_text_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="the text"):
        taken_apart(text)


def test_a_part_is_what_it_was() -> None:
    assert taken_apart("WITH a AS (SELECT 1) SELECT a.x FROM a") == (
        [Named("a", "SELECT 1", 1)],
        " SELECT a.x FROM a",
    )
