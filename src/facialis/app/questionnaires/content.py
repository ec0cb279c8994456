"""What is shown of questionnaires: each that was filled in, with its score in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from facialis.app.people.casefiles import read_alone
from facialis.app.people.models import Person, Row
from facialis.app.people.sheets import cells_of, sheet_for
from facialis.app.questionnaires.deeds import is_about
from facialis.app.questionnaires.instruments import instrument
from facialis.core.errors import FormatError
from facialis.core.knowledge import figure, wording
from facialis.core.person.course import Score
from facialis.files.columns import QUESTIONNAIRES
from facialis.follow.questionnaires import score_all
from facialis.report.person.visit_content import instrument_name

__all__ = ["Filled", "filled_in", "score_words"]


@dataclass(frozen=True, kw_only=True)
class Filled:
    """A row of the table: what it is about, its score in words, whether help is to be shown, whether it has a form.

    ``day`` None: it cannot be read as a day, and stands as it was ``written``.
    """

    row: Row
    day: date | None
    written: str
    instrument: str
    name: str
    said: tuple[str, ...]
    help_now: bool
    known: bool


def filled_in(person: Person) -> tuple[Filled, ...]:
    """All that were filled in, the newest first."""
    sheet = sheet_for(person, QUESTIONNAIRES)
    rows = cells_of(sheet)
    try:
        scores = {(s.day, s.instrument): s for s in score_all(read_alone(sheet, [row for row, _ in rows]))}
    except FormatError:  # the course says what is wrong with the table
        scores = {}
    shown: list[Filled] = []
    for row, cells in rows:
        day, key = is_about(cells)
        score = scores.get((day, key)) if day else None
        shown.append(
            Filled(
                row=row,
                day=day,
                written=cells.get("date", ""),
                instrument=key,
                name=instrument_name(key),
                said=score_words(score) if score else (wording("app_questionnaire_unread"),),
                help_now=score is not None and score.help_now,
                known=day is not None and instrument(key) is not None,
            )
        )
    return tuple(sorted(shown, key=lambda item: item.day or date.min, reverse=True))


def score_words(score: Score) -> tuple[str, ...]:
    """A score in sentences: total and band, the change since the first, and what is wrong with it."""
    lines: list[str] = []
    if score.total is not None:
        ends = {"total": figure(f"{score.total:.3g}"), "high": figure(f"{score.high:g}")}
        band = f": {wording(score.band)}" if score.band else ""
        lines.append(wording("app_questionnaire_score", **ends) + band + ".")
        if score.prorated:
            lines.append(wording("app_questionnaire_prorated", missing=", ".join(map(str, score.missing))))
        if score.change:
            how = "app_questionnaire_less" if score.change < 0 else "app_questionnaire_more"
            lines.append(wording(how, change=figure(f"{abs(score.change):.3g}")))
            if score.important is not None:
                lines.append(wording("app_questionnaire_important" if score.important else "app_questionnaire_slight"))
    if score.problem:
        lines.append(score.problem)
    return tuple(lines)
