"""Tables of the proof in docs/reference/proof.md: each part between its markers, with date, version and settings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import facialis
from facialis.core.settings import Settings
from validation.outcome import Outcome
from validation.trial import ROOT, code_key

__all__ = ["PAGE", "replaced", "write_page"]

PAGE = ROOT / "docs" / "reference" / "proof.md"


def _stamp() -> str:
    today = datetime.now(UTC).date().isoformat()
    return (
        f"*Measured {today}, version {facialis.__version__}, settings `{Settings().fingerprint()}`, "
        f"code `{code_key()}`.*"
    )


def replaced(text: str, name: str, content: str) -> str:
    """The page with the part ``name`` replaced; ValueError if it has no such markers."""
    pattern = re.compile(rf"(<!-- proof: {re.escape(name)} -->\n).*?(<!-- end proof -->)", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"the page has no place for the part {name}")
    return pattern.sub(lambda m: f"{m.group(1)}\n{content.strip()}\n\n{m.group(2)}", text, count=1)


def write_page(outcomes: Sequence[Outcome], page: Path = PAGE) -> None:
    """Write these parts anew; the others stay as they are."""
    text = page.read_text(encoding="utf-8")
    for outcome in outcomes:
        text = replaced(text, outcome.name, f"{outcome.markdown()}\n{_stamp()}")
    page.write_text(text, encoding="utf-8")
