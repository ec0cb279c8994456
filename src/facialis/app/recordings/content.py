"""What is shown of a recording: one sentence, one number, one thing to do; all else is folded away."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.app.recordings.models import Recording
from facialis.app.review.content import facts_of
from facialis.core.knowledge import sentences, wording
from facialis.core.records import Session
from facialis.core.verdict import verdict_of
from facialis.report.session.page import range_words
from facialis.report.session.verdict import rate_words, verdict

__all__ = ["Shown", "shown_of"]

_TO_DO = ("advice_", "verdict_no_rest", "verdict_little_rest")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A recording's page in words.

    ``number`` is the rate at rest and ``between`` where the true one lies, both empty where it is withheld. ``do`` is
    what to do better next time, or empty. ``rest``: all other sentences, the one that says what was wrong first.
    """

    lead: str
    number: str
    between: str
    do: str
    rest: tuple[str, ...]
    warnings: tuple[tuple[str, str, str], ...]


def shown_of(recording: Recording) -> Shown:
    """What is shown of a recording that was measured, in the language spoken.

    Raises
    ------
    FormatError
        Its result is missing or broken.
    """
    return _shown(facts_of(recording))


def _shown(session: Session) -> Shown:
    said = verdict(session)
    do = next((sentence for sentence in said if sentence.key.startswith(_TO_DO)), None)
    rate = verdict_of(session).rate
    number = rate_words(rate.value) if rate is not None and isinstance(rate.value, int | float) else ""
    return Shown(
        lead=said[0].text,
        number=number,
        between=range_words(rate, "range_interval") if rate is not None and number else "",
        do=do.text if do is not None else "",
        rest=tuple(sentence.text for sentence in said[1:] if sentence is not do),
        warnings=tuple(_warnings(session)),
    )


def _warnings(session: Session) -> list[tuple[str, str, str]]:
    """Severity, what was wrong, and what to do, of what the verdict itself has not said."""
    worst = verdict_of(session).worst_finding
    known = sentences()
    return [
        (item.severity, wording(f"finding_{item.code}"), wording(f"advice_{item.code}"))
        for item in session.findings
        if item.severity != "note" and item.code != worst and f"finding_{item.code}" in known
    ]
