"""A document as a PDF: the same bytes for the same document, on every machine."""

import json
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import pylopdf_fonts_zh_cn as fonts
import typst

_TEMPLATE = Path(__file__).parent / "paper.typ"
_lock = Lock()  # one compiler, which keeps what it has set before


@lru_cache
def _compiler() -> typst.Compiler:
    """Made once: reading the font takes longer than setting a page. No font of the machine is used."""
    found = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(fonts.sans_path().parent)],
    )
    return typst.Compiler(font_paths=found)


def pdf(document: dict[str, Any]) -> bytes:
    """A tagged PDF (PDF/UA-1, for screen readers too) of what `documents.document` made."""
    given = {"document": json.dumps(document, ensure_ascii=False, sort_keys=True)}
    with _lock:
        made = _compiler().compile(
            _TEMPLATE.read_bytes(),
            sys_inputs=given,
            format="pdf",
            timestamp=0,
            pdf_standards=["ua-1"],
        )
    assert isinstance(made, bytes)
    return made
