"""The full report of a person as one HTML page: the course, what speaks for it, what to do, and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import figure, spoken, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Estimate
from facialis.core.version import __version__
from facialis.report.drawing.scales import count_words, percent_words
from facialis.report.drawing.templates import Voice, environment, template_markup
from facialis.report.person.article_words import ahead_parts, article_parts, reviewed_words
from facialis.report.person.course_figure import draw_course
from facialis.report.person.course_words import OTHERS, figure_words
from facialis.report.person.cycle_figure import draw_cycles
from facialis.report.person.site_figure import draw_sites
from facialis.report.person.stills import Strip
from facialis.report.person.treatment_words import operation_words, side_effect_words, toxin_words
from facialis.report.person.trigger_figure import both_ways, draw_triggers, lag_words, remarks, strongest
from facialis.report.person.visit_content import (
    EMERGENCY,
    MOST_TOLD_APART,
    Limits,
    ask_words,
    instrument_name,
    resembling,
    sentence_of_trigger,
    visit_content,
)

__all__ = ["render_person_page"]

_MOST_ROWS = 400  # chosen: a table longer than this is read by nobody; everything is in the export
_MOST_ASKED = 8  # chosen: more questions at once are not answered


def render_person_page(answer: Answer, strips: Sequence[Strip] = ()) -> str:
    """The report in the language spoken, as one HTML document that asks for nothing from elsewhere.

    Raises
    ------
    KnowledgeError
        A sentence or source that the page needs is missing from the installation.
    """
    voice = Voice()
    case, course, guidance = answer.casefile, answer.course, answer.guidance
    content = visit_content(answer, strips, Limits(rules=50, treatments=200, questionnaires=50, questions=50))
    used = set(course.used)
    return (
        environment()
        .get_template("person.html")
        .render(
            say=voice.say,
            ask_words=ask_words,
            lag_words=lag_words,
            figure=figure,
            count=count_words,
            tell=voice.tell,
            cite=voice.cite,
            cite_sources=voice.cite_sources,
            sources=voice.sources,
            css=template_markup("report.css") + template_markup("person.css"),
            language=spoken(),
            version=__version__,
            visit=content,
            verdict_key=course.verdict,
            emergency=EMERGENCY,
            alarming=guidance.urgency == "emergency" or guidance.help_now,
            blocked=[f"course_blocked_{code}" for code in course.blocked_by],
            notes=course.notes,
            chart=draw_course(answer).markup(),
            chart_narrow=draw_course(answer, narrow=True).markup(),
            sessions=[(spoken_day(row.day), row, row.name in used) for row in case.sessions[-_MOST_ROWS:]],
            left_out=course.left_out[-_MOST_ROWS:],
            day=spoken_day,
            numbers=_numbers(answer),
            others=OTHERS,
            guidance=guidance,
            asked=[ask_words(key) for key in guidance.unknown[:_MOST_ASKED]],
            resembles=resembling(guidance),
            most_asked=MOST_TOLD_APART,
            cycles=draw_cycles(answer),
            toxin=answer.toxin,
            told_of_toxin=toxin_words(answer),
            told_of_operation=operation_words(answer),
            told_of_effects=side_effect_words(answer),
            sites=draw_sites(answer),
            both_ways=both_ways(answer),
            estimate=_estimate,
            forest=draw_triggers(answer.triggers),
            forest_narrow=draw_triggers(answer.triggers, narrow=True),
            triggers=strongest(answer.triggers),
            trigger_sentences=[sentence_of_trigger(e) for e in answer.triggers if e.named],
            trigger_remarks=remarks(answer),
            tried=max((e.tried for e in answer.triggers), default=0),
            scores=answer.scores,
            score_name=lambda score: instrument_name(score.instrument),
            reading=answer.reading,
            parts_of=article_parts,
            reviewed=reviewed_words,
            ahead=ahead_parts(answer.pathway),
            problems=case.problems,
            percent=percent_words,
            caption=lambda strip: wording(
                "visit_stills_best" if strip.best else "visit_stills_worst", day=spoken_day(strip.day)
            ),
            markup=Markup,
        )
    )


def _estimate(item: Estimate | None, unit: str = "") -> str:
    """``12 (9 – 15)``, or a dash where nothing can be said."""
    if item is None:
        return "–"
    if unit == "share":
        return f"{percent_words(item.value)} ({percent_words(item.low)} – {percent_words(item.high)})"
    value, low, high = (figure_words(part) for part in (item.value, item.low, item.high))
    return f"{value} ({low} – {high})" + (f" {unit}" if unit else "")


def _numbers(answer: Answer) -> list[tuple[str, str, str]]:
    """Label, value, range of what was worked out; a dash where it cannot or may not be said."""
    course = answer.course
    rows: list[tuple[str, str, str]] = []
    for label, item, share in (
        ("rate", course.rate_per_min, False),
        ("change", course.change_per_year, False),
        ("burden", course.burden_share, True),
    ):
        name = wording(f"visit_number_{label}")
        if item is None:
            rows.append((name, "–", ""))
            continue
        say = percent_words if share else figure_words
        rows.append((name, say(item.value), f"{say(item.low)} – {say(item.high)} ({percent_words(item.probability)})"))
    chances = course.probabilities
    for label in ("resolving", "stable", "worsening"):
        value = "–" if chances is None else percent_words(getattr(chances, label))
        rows.append((wording(f"visit_number_{label}"), value, ""))
    smallest = "–" if course.smallest_change is None else figure(f"{course.smallest_change:.2g}")
    rows.append((wording("visit_number_smallest"), smallest, ""))
    return rows
