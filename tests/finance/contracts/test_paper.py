"""Paper: the same bytes for the same contract, Chinese that can be read and searched."""

import re
import zlib

from finance.contracts import boxes, documents, paper
from tests.factories import contracts as made


def streams(pdf: bytes) -> list[bytes]:
    """The PDF's compressed streams, opened."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S):
        try:
            found.append(zlib.decompress(match[1]))
        except zlib.error:
            continue
    return found


def letters(pdf: bytes) -> str:
    """Every letter the PDF says it can show, from its ToUnicode tables."""
    tables = b"\n".join(s for s in streams(pdf) if b"beginbfchar" in s or b"beginbfrange" in s)
    codes = re.findall(rb"<[0-9A-Fa-f]+>\s*<([0-9A-Fa-f]{4})>", tables)
    return "".join(chr(int(code, 16)) for code in codes)


def test_the_same_contract_gives_the_same_bytes() -> None:
    document = documents.document(made.installments(), "full", "zh")
    first = paper.pdf(document)
    paper.pdf(documents.document(made.sales_share(), "ca", "en"))  # something else in between
    assert paper.pdf(document) == first
    assert first.startswith(b"%PDF-") and len(first) < 200_000


def test_chinese_is_on_the_paper() -> None:
    found = letters(paper.pdf(documents.document(made.installments(), "cn", "zh")))
    assert set("年化利率披露借贷商城数码之家元0123456789") - set("数码之家") <= set(found)
    full = letters(paper.pdf(documents.document(made.installments(), "full", "zh")))
    assert set("林晓数码之家好物小店") <= set(full)


def test_every_disclosure_can_be_printed() -> None:
    for key in boxes.KEYS:
        for language in ("en", "zh"):
            pdf = paper.pdf(documents.document(made.installments("EU"), key, language))
            assert pdf.rstrip().endswith(b"%%EOF")


def test_names_are_never_markup() -> None:
    """A shop may be called what typesetting would take for a command."""
    from dataclasses import replace

    odd = '#panic("x") $a$ *b* _c_ [d] <e> \\ `f` // @g'
    contract = made.installments()
    named = replace(contract, purchases=(replace(contract.purchases[0], seller=odd),))
    found = letters(paper.pdf(documents.document(named, "full", "en")))
    assert set("#$*[]<>`@") <= set(found)
