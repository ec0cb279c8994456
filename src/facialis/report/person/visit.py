"""One page for the visit: a tagged PDF of exactly one sheet, and the same as HTML."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import segno
from markupsafe import Markup

from facialis.core.calendar import spoken_day
from facialis.core.errors import FacialisError
from facialis.core.knowledge import spoken, wording
from facialis.core.person.answer import Answer
from facialis.core.version import __version__
from facialis.report.drawing.svg import Drawing
from facialis.report.drawing.templates import environment, template_markup
from facialis.report.drawing.typeset import set_sheet
from facialis.report.person.course_figure import draw_course
from facialis.report.person.stills import Strip
from facialis.report.person.visit_content import Limits, Visit, fingerprint, visit_content

__all__ = ["printed", "render_visit_html", "render_visit_pdf"]

# Tried in this order until everything fits on one sheet; the last has room for the longest words there can be.
_ROOM = (
    Limits(),
    Limits(rules=3, patterns=3, reasons=1, treatments=4, questionnaires=3, questions=4, sentences=7),
    Limits(rules=3, patterns=2, reasons=1, treatments=3, questionnaires=2, questions=3, sentences=6, longest=60),
    Limits(
        rules=2,
        patterns=1,
        reasons=1,
        treatments=2,
        questionnaires=2,
        questions=2,
        sentences=5,
        longest=60,
        stills=False,
    ),
    Limits(
        rules=2,
        patterns=0,
        reasons=0,
        treatments=1,
        questionnaires=1,
        questions=1,
        sentences=3,
        triggers=1,
        longest=30,
        stills=False,
    ),
    Limits(
        rules=1,
        patterns=0,
        reasons=0,
        treatments=1,
        questionnaires=1,
        questions=0,
        sentences=2,
        triggers=0,
        longest=30,
        stills=False,
    ),
)

_PRINT = """
text{font-family:'Libertinus Serif';fill:#3d4a56;font-size:13px}.end{text-anchor:end}.mid{text-anchor:middle}
.grid{stroke:#dde4ea;stroke-width:1;fill:none}.axis{stroke:#51606e;stroke-width:1;fill:none}
.course-band{fill:#1f6f99;opacity:.18}.course-line{fill:none;stroke:#1f6f99;stroke-width:2}
.toxin-window{fill:#96590a;opacity:.13}.treatment{stroke:#96590a;stroke-width:1.4;fill:none}
.t-decompression{stroke:#6b2a91}.t-drug{stroke:#51606e;stroke-dasharray:3 2}
.quiet{fill:#0a6b5f;opacity:.5}.used .dot{fill:#1b2732}.used .whisker{stroke:#1b2732;stroke-width:.8;fill:none}
.unused .dot{fill:#fff;stroke:#6a7681}.unused .whisker{stroke:#b5bfc8;stroke-width:.8;fill:none}
"""


def render_visit_pdf(answer: Answer, strips: Sequence[Strip] = ()) -> bytes:
    """The page as PDF/UA-1, always one sheet of A4; longer lists are cut and what is left out is counted.

    The same answer gives the same bytes. Raises `FacialisError` where the page cannot be set, a fault of facialis.
    """
    drawings = {"chart": printed(draw_course(answer)), "qr": _qr(answer)}
    for limits in _ROOM:
        sheet = set_sheet("visit.typ", _words(visit_content(answer, strips, limits), answer), drawings)
        if sheet.pdf:
            return sheet.pdf
    raise FacialisError("The page for the visit does not fit on one sheet.")


def printed(chart: Drawing) -> str:
    """A chart as an SVG of its own, with colours for paper."""
    drawing = str(chart.markup()).replace('role="img"', 'xmlns="http://www.w3.org/2000/svg"', 1)
    return drawing.replace(">", f"><style>{_PRINT}</style>", 1)


def _words(content: Visit, answer: Answer) -> dict[str, Any]:
    return {
        **{name: getattr(content, name) for name in Visit.__dataclass_fields__ if name != "strips"},
        "labels": _labels(),
        "language": spoken(),
        "generator": f"facialis {__version__}",
        "chart_alt": wording("visit_figure_label", sessions=len(answer.casefile.sessions)),
        "qr_alt": wording("visit_qr_alt"),
        "strips": [
            {"caption": _caption(strip), "jpeg": list(strip.jpeg), "alt": wording("visit_still_alt")}
            for strip in content.strips
        ],
    }


def _caption(strip: Strip) -> str:
    return wording("visit_stills_best" if strip.best else "visit_stills_worst", day=spoken_day(strip.day))


_LABELS = {
    "answer": "visit_answer_title",
    "course": "visit_course_title",
    "urgency": "visit_urgency_title",
    "resembles": "visit_resembles_title",
    "resembles_note": "pattern_note",
    "treatments": "visit_treatments_title",
    "questionnaires": "visit_questionnaires_title",
    "questions": "visit_questions_title",
    "triggers": "visit_triggers_title",
    "method": "visit_method_title",
    "blocked": "visit_blocked_title",
    "for": "visit_for",
    "against": "visit_against",
    "figure_caption": "visit_figure_caption",
    "intervals": "visit_intervals",
}


def _labels() -> dict[str, str]:
    return {name: wording(key) for name, key in _LABELS.items()}


def _qr(answer: Answer) -> str:
    """A code of the fingerprint and version: what a clinic needs to know that two pages rest on the same data."""
    out = io.BytesIO()
    segno.make(f"facialis {__version__} {fingerprint(answer)}", error="m", micro=False).save(
        out, kind="svg", scale=2, border=2, xmldecl=False, svgns=True, omitsize=False
    )
    return out.getvalue().decode("utf-8")


def render_visit_html(answer: Answer, strips: Sequence[Strip] = ()) -> str:
    """The same page as one HTML document that asks for nothing from elsewhere; only the longest lists are cut."""
    content = visit_content(answer, strips, Limits(rules=8, treatments=12, questionnaires=8, questions=12))
    return (
        environment()
        .get_template("visit.html")
        .render(
            visit=content,
            labels=_labels(),
            language=spoken(),
            version=__version__,
            css=template_markup("report.css") + template_markup("person.css"),
            chart=draw_course(answer).markup(),
            chart_narrow=draw_course(answer, narrow=True).markup(),
            alarming=True,  # a sheet that is handed over is read whole
            qr=Markup(_qr(answer)),
            caption=_caption,
            say=wording,
        )
    )
