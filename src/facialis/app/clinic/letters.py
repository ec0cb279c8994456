"""Short sentences with numbers and days to be copied into a letter, in each language: only what is known."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.app.clinic.day import toxin_words
from facialis.app.course.glances import toxin_glance
from facialis.app.diary.treatment_forms import kind_in_words
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import LANGUAGES, figure, language, spoken, wording
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Treatment
from facialis.core.version import __version__
from facialis.report.person.course_words import figure_words, verdict_sentence
from facialis.report.person.treatment_words import operation_words, side_effect_words

__all__ = ["Letter", "Snippet", "letters_of"]

_LAST = 4  # chosen: what a letter has room for; 2 - 8
_OF_EACH = 2


@dataclass(frozen=True)
class Snippet:
    """What it is about, and its sentences."""

    name: str
    text: str


@dataclass(frozen=True)
class Letter:
    """All snippets in one language; ``code`` is that of the language."""

    code: str
    snippets: tuple[Snippet, ...]


def letters_of(said: Answer) -> tuple[Letter, ...]:
    """Snippets in each language, in that spoken first."""
    here = spoken()
    return tuple(_letter(said, code, here) for code in sorted(LANGUAGES, key=lambda code: code != here))


def _letter(said: Answer, code: str, here: str) -> Letter:
    with language(code):
        texts = {"films": _films(said), "course": verdict_sentence(said.course), **_treated(said)}
        texts["facialis"] = wording("app_letter_facialis_text", version=__version__)
    with language(here):
        return Letter(code, tuple(Snippet(wording(f"app_letter_{name}"), text) for name, text in texts.items() if text))


def _films(said: Answer) -> str:
    rows = [row for row in said.casefile.sessions if row.name in said.course.used]
    if not rows:
        return ""
    days = sorted(row.day for row in rows)
    values = {"count": len(rows), "first": spoken_day(days[0]), "last": spoken_day(days[-1])}
    text = wording("app_letter_counted_one" if len(rows) == 1 else "app_letter_counted", **values)
    latest = max(rows, key=lambda row: row.day)
    values = {"day": spoken_day(latest.day), "rate": figure(f"{latest.rate_per_min:.1f}")}
    values |= {"minutes": figure(f"{latest.usable_min:.1f}")}
    text += " " + wording("app_letter_latest_blind" if latest.saw_nothing else "app_letter_latest", **values)
    rate = said.course.rate_per_min
    if rate is not None:
        between = {name: figure_words(getattr(rate, name)) for name in ("value", "low", "high")}
        text += " " + wording("app_letter_rate", **between)
    return text


def _treated(said: Answer) -> dict[str, str]:
    rows = [
        wording("app_letter_treatment", day=_day(row), what=_what(row)) for row in said.casefile.treatments[-_LAST:]
    ]
    toxin, _ = toxin_words(toxin_glance(said), said.course.as_of)
    operation = " ".join(wording(key, **values) for key, values in operation_words(said)[:_OF_EACH])
    effects = " ".join(wording(key, **values) for key, values in side_effect_words(said)[:_OF_EACH])
    return {"treatments": " ".join(rows), "toxin": toxin, "operation": operation, "effects": effects}


def _day(row: Treatment) -> str:
    return spoken_day(row.day) if row.latest_day is None else f"{spoken_day(row.day)} – {spoken_day(row.latest_day)}"


def _what(row: Treatment) -> str:
    """As it was entered, with the units of its own product."""
    units = "" if row.dose_units is None else f"{figure(f'{row.dose_units:g}')} {wording('app_units')}"
    return ", ".join(
        part for part in (kind_in_words(row.kind), row.product, units, "; ".join(row.sites), row.note) if part
    )
