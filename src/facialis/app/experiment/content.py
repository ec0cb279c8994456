"""What is shown of an experiment: what today is, how far it is, each day, and at its end what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from facialis.actions.experiment import analyse_in_folder
from facialis.app.experiment.deeds import laid_out_alone
from facialis.app.experiment.figure import draw_days
from facialis.app.people.models import Sheet
from facialis.core.calendar import spoken_day
from facialis.core.errors import EstimateError, FacialisError
from facialis.core.knowledge import wording
from facialis.core.person.experiment import FilledDay
from facialis.files.experiment import FILE, read_experiment

__all__ = ["Standing", "arm_words", "standing_of"]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An experiment as it stands. ``broken``: why it cannot be read; nothing else is known then.

    ``open_days``: today and yesterday where the plan has them, each with what the lot says and what was noted; what is
    older is not filled in from memory. ``said``: what came of it, empty before its end unless it was asked for.
    """

    sheet: Sheet
    factor: str = ""
    first: str = ""
    last: str = ""
    arm: str = ""
    over: bool = False
    rated: int = 0
    passed: int = 0
    days: tuple[tuple[str, str, str, str], ...] = ()
    open_days: tuple[FilledDay, ...] = ()
    said: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    broken: str = ""


def standing_of(sheet: Sheet, today: date, *, look: bool = False) -> Standing:
    """An experiment as it stands on a day; ``look``: what it says, also before its end."""
    with laid_out_alone(sheet) as folder:
        try:
            filled = read_experiment(folder / FILE, today=today)
        except FacialisError as error:
            return Standing(sheet=sheet, broken=str(error))
        known = [(row.day, row) for row in filled.days if row.day is not None]
        first, last = min(day for day, _ in known), max(day for day, _ in known)
        over = today > last
        said: tuple[str, ...] = ()
        if over or look:
            said = _said(folder, today)
    drawn = [draw_days(filled.days, filled.factor, narrow=narrow) for narrow in (False, True)] if said else []
    passed = [row for day, row in known if day <= today]
    now = next((row for day, row in known if day == today), None)
    return Standing(
        sheet=sheet,
        factor=filled.factor,
        first=spoken_day(first),
        last=spoken_day(last),
        arm="" if now is None else arm_words(now, filled.factor),
        over=over,
        rated=sum(row.rating is not None for row in passed),
        passed=len(passed),
        days=tuple(_line(day, row, filled.factor) for day, row in known),
        open_days=tuple(row for day, row in known if today - timedelta(days=1) <= day <= today),
        said=said,
        charts=tuple(chart.markup() for chart in drawn if chart is not None),
        problems=tuple(str(problem) for problem in filled.problems),
    )


def arm_words(row: FilledDay, factor: str) -> str:
    """What the lot says of a day."""
    return wording("app_experiment_with" if row.given else "app_experiment_without", factor=factor)


def _line(day: date, row: FilledDay, factor: str) -> tuple[str, str, str, str]:
    done = "" if row.done is None else wording("app_yes" if row.done else "app_no")
    return spoken_day(day), arm_words(row, factor), done, "" if row.rating is None else f"{row.rating:g}"


def _said(folder: Path, today: date) -> tuple[str, ...]:
    try:
        result = analyse_in_folder(folder, today=today)
    except EstimateError as error:
        return (error.message, error.advice)
    return tuple(wording(key, **values) for key, values in result.sentences)
