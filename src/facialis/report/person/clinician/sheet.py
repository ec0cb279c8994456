"""The sheet for the clinician as a tagged PDF: one page of A4, two at most."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facialis.core.calendar import spoken_day
from facialis.core.errors import FacialisError
from facialis.core.knowledge import spoken, wording
from facialis.core.messages import said
from facialis.core.person.answer import Answer
from facialis.core.person.treatments import given_or_told
from facialis.core.version import __version__
from facialis.report.drawing.typeset import set_sheet
from facialis.report.person.clinician.seen import (
    change_words,
    cycle_table,
    left_out_words,
    recording_table,
    spread_words,
)
from facialis.report.person.clinician.told import alarm_words, name_line, told_rows
from facialis.report.person.course_figure import draw_course
from facialis.report.person.course_words import number_sentences, verdict_sentence
from facialis.report.person.stills import Strip
from facialis.report.person.visit import printed
from facialis.report.person.visit_content import fingerprint

__all__ = ["render_clinician_pdf"]

_MOST_PAGES = 2
_ROOM = ((4, 4), (2, 2))  # sentences with numbers, and lines for notes: tried in this order until it fits on one page


def render_clinician_pdf(answer: Answer, strips: Sequence[Strip] = ()) -> bytes:
    """The sheet for the clinician as PDF/UA-1.

    Parameters
    ----------
    answer
        What is said of the person; what it withholds stands nowhere on the sheet.
    strips
        Pictures of one spasm of the calmest and of the liveliest recording; the liveliest is shown.

    Raises
    ------
    FacialisError
        It does not fit on two pages, a fault of facialis.

    Notes
    -----
    What was not answered, entered or measured is said to be unknown, never no. Rates in its table are as counted.

    Examples
    --------
    >>> render_clinician_pdf(answer)[:4]  # doctest: +SKIP
    b'%PDF'
    """
    drawings = {"chart": printed(draw_course(answer))}
    for numbers, lines in _ROOM:
        sheet = set_sheet("clinician.typ", _words(answer, strips, numbers=numbers, lines=lines), drawings)
        if sheet.pdf:
            return sheet.pdf
    sheet = set_sheet("clinician.typ", _words(answer, strips, numbers=4, lines=4), drawings, most_pages=_MOST_PAGES)
    if not sheet.pdf:
        raise FacialisError(**said("sheet_too_long", most=_MOST_PAGES))
    return sheet.pdf


def _words(answer: Answer, strips: Sequence[Strip], *, numbers: int, lines: int) -> dict[str, Any]:
    case = answer.casefile
    lively = next((strip for strip in strips if not strip.best), None)
    head, rows = recording_table(answer)
    cycle_head, cycles = cycle_table(answer)
    toxin = "" if cycles else _toxin_told(answer)
    told = told_rows(answer)
    return {
        "title": wording("sheet_title"),
        "who": name_line(answer),
        "limits": wording("sheet_limits"),
        "help_now": wording("questionnaire_help_now") if answer.guidance.help_now else "",
        "answer": verdict_sentence(answer.course),
        "numbers": " ".join([*number_sentences(answer)[:numbers], wording("visit_intervals"), *_differs(answer)]),
        "rows": [
            *told[:1],
            (wording("sheet_spread"), spread_words(case)),
            (wording("sheet_change"), change_words(answer)),
            *told[1:],
        ],
        "table": {"title": wording("sheet_table"), "head": head, "rows": rows, "note": wording("sheet_table_note")},
        "cycles": {"title": wording("sheet_toxin"), "head": cycle_head, "rows": cycles, "none": toxin},
        "alarm": {"title": wording("sheet_alarm"), "rows": alarm_words(case.person)},
        "left_out": {"title": wording("sheet_left_out"), "rows": left_out_words(answer) or [wording("sheet_nothing")]},
        "strip": None
        if lively is None
        else {"caption": _caption(lively), "jpeg": list(lively.jpeg), "alt": wording("visit_still_alt")},
        "chart_alt": wording("visit_figure_label", sessions=len(case.sessions)),
        "notes": wording("sheet_notes"),
        "lines": lines,
        "method": f"{wording('visit_method', version=__version__, day=spoken_day(case.as_of))} "
        f"{wording('visit_hash', hash=fingerprint(answer)[:16])}",
        "language": spoken(),
        "generator": f"facialis {__version__}",
    }


def _differs(answer: Answer) -> list[str]:
    """That the person's own account goes another way than the recordings: what the person reads, for another reader."""
    if answer.contradiction is None:
        return []
    who = answer.contradiction.split("_")[1]
    return [wording("sheet_differs", who=wording(f"sheet_differs_{who}"))]


def _toxin_told(answer: Answer) -> str:
    told = given_or_told(answer.casefile, "toxin")
    return wording("sheet_toxin_told", day=spoken_day(told[-1].day)) if told else wording("sheet_toxin_none")


def _caption(strip: Strip) -> str:
    return wording(
        "sheet_strip",
        day=spoken_day(strip.day),
        kind=wording(f"kind_{strip.kind}"),
        side=wording(f"visit_side_{strip.side}"),
    )
