"""A person's tables as programs are told: what stands in them, as the reader of a folder understands it."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from facialis.app.api.shapes import (
    Column,
    DiaryDay,
    DiaryShape,
    FilledShape,
    HistoryShape,
    ProblemShape,
    QuestionnairesShape,
    TreatmentShape,
    TreatmentsShape,
)
from facialis.app.history.deeds import FILE
from facialis.app.people.casefiles import read_alone
from facialis.app.people.models import Person, Sheet
from facialis.core.person.casefile import Casefile
from facialis.files.columns import DIARY, QUESTIONNAIRES, TREATMENTS
from facialis.follow.questionnaires import score_all
from facialis.report.person.answers import score_object

__all__ = ["diary_of", "history_of", "questionnaires_of", "treatments_of"]


def _read(person: Person, file: str) -> Casefile | None:
    """What one file of a person says; None where there is none. FormatError where nothing of it can be used."""
    sheet = Sheet.objects.filter(person=person, file=file).first()
    return None if sheet is None else read_alone(sheet, sheet.rows.all())


def _problems(case: Casefile | None) -> list[ProblemShape]:
    return [
        ProblemShape(file=item.file, line=item.line, field=item.field, message=item.message, left_out=item.left_out)
        for item in (case.problems if case else ())
    ]


def diary_of(person: Person, since: date | None) -> DiaryShape:
    """The diary; ``since``: from this day on."""
    case = _read(person, DIARY.file)
    if case is None:
        return DiaryShape(columns=[], days=[], problems=[])
    diary = case.diary
    return DiaryShape(
        columns=[Column(name=name, unit=unit) for name, unit in zip(diary.columns, diary.units, strict=True)],
        days=[
            DiaryDay(date=day, values=[float(value) if np.isfinite(value) else None for value in row])
            for day, row in zip(diary.days, diary.values, strict=True)
            if since is None or day >= since
        ],
        problems=_problems(case),
    )


def treatments_of(person: Person) -> TreatmentsShape:
    """All treatments."""
    case = _read(person, TREATMENTS.file)
    rows = [
        TreatmentShape(
            date=item.day,
            latest_date=item.latest_day,
            kind=item.kind,
            product=item.product,
            change=item.change,
            dose_units=item.dose_units,
            sites=list(item.sites),
            note=item.note,
        )
        for item in (case.treatments if case else ())
    ]
    return TreatmentsShape(treatments=rows, problems=_problems(case))


def questionnaires_of(person: Person) -> QuestionnairesShape:
    """All questionnaires, with their scores."""
    case = _read(person, QUESTIONNAIRES.file)
    rows = [
        FilledShape(date=item.day, instrument=item.instrument, items=list(item.items), total=item.total)
        for item in (case.forms if case else ())
    ]
    scores = [score_object(score) for score in (score_all(case) if case else ())]
    return QuestionnairesShape(filled=rows, scores=scores, problems=_problems(case))


def history_of(person: Person) -> HistoryShape:
    """What was answered of the history."""
    case = _read(person, FILE)
    answers = {key: _answer(value) for key, value in (case.person.replies if case else {}).items()}
    return HistoryShape(answers=answers, problems=_problems(case))


def _answer(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
