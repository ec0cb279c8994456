"""``facialis course``, ``facialis guide`` and ``facialis report``: the answers about one person."""

from __future__ import annotations

import json
import textwrap
import webbrowser
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from facialis.actions.answer import answer as answer_about
from facialis.cli.faults import LINE, put, say
from facialis.cli.progress import Display, choose_display, screen_there
from facialis.core.errors import SettingsError
from facialis.core.knowledge import wording
from facialis.core.messages import said
from facialis.core.person.answer import Answer

__all__ = ["as_day", "course", "guide", "print_course", "print_guidance", "report"]


def as_day(text: str | None) -> date | None:
    """The day of ``--as-of``; SettingsError where it is none."""
    from facialis.core.person.written_days import day_of

    if text is None:
        return None
    try:
        return day_of(text)
    except ValueError as error:
        raise SettingsError(**said("not_a_day", option="--as-of", why=error)) from error


def course(folder: Path, *, as_of: str | None, level: float, as_json: bool, quiet: bool) -> int:
    """Print the course of a person as sentences, or as one JSON object; returns the exit code."""
    answer = _answer(folder, as_of, level, quiet=quiet or as_json)
    print_course(answer, as_json=as_json)
    _problems(answer)
    return 0


def print_course(answer: Answer, *, as_json: bool) -> None:
    """Print what is said of the course, treatments and triggers: as sentences, or as one JSON object."""
    from facialis.report.person.answers import course_object

    if as_json:
        put(json.dumps(course_object(answer), ensure_ascii=True, allow_nan=False))
        return
    from facialis.report.person.course_words import more_sentences, opening_sentences
    from facialis.report.person.trigger_figure import remarks
    from facialis.report.person.visit_content import sentence_of_trigger

    _tell(opening_sentences(answer))
    _tell(more_sentences(answer), "- ")
    _tell((wording(f"course_blocked_{code}") for code in answer.course.blocked_by), "- ")
    _tell((wording(key) for key in answer.course.notes), "- ")
    _tell((sentence_of_trigger(effect) for effect in answer.triggers if effect.named), "- ")
    _tell((wording(key, **values) for key, values in remarks(answer)), "- ")
    if answer.guidance.help_now:
        _tell([wording("questionnaire_help_now")])
    _tell([f"{wording('disclaimer_title')} {wording('disclaimer')}"])


def guide(folder: Path | None, *, as_of: str | None, article: str | None, as_json: bool, quiet: bool) -> int:
    """Print how soon somebody should look at it and why, or an article; returns the exit code."""
    if article is not None or folder is None:
        from facialis.cli.reading import print_article, print_articles

        return print_articles() if article is None else print_article(article)
    answer = _answer(folder, as_of, 0.5, quiet=quiet or as_json)
    print_guidance(answer, as_json=as_json)
    _problems(answer)
    return 0


def print_guidance(answer: Answer, *, as_json: bool) -> None:
    """Print how soon somebody should look at it, why, and what it resembles: in words, or as one JSON object."""
    from facialis.report.person.answers import guidance_object

    if as_json:
        put(json.dumps(guidance_object(answer), ensure_ascii=True, allow_nan=False))
        return
    from facialis.report.person.visit_content import EMERGENCY, MOST_TOLD_APART, ask_words, resembling

    guidance = answer.guidance
    if "treatment_unread" in answer.course.blocked_by:
        _tell([wording("course_verdict_treatment_unread")])
    _tell([wording("emergency_title")])
    _tell((wording(f"emergency_{part}") for part in EMERGENCY), "- ")
    if guidance.help_now:
        _tell([wording("questionnaire_help_now")])
    _tell([wording(f"visit_urgency_{guidance.urgency}")])
    _tell((wording(rule.why) for rule in guidance.rules), "- ")
    _tell([wording("triage_note")])
    if guidance.alarms:
        _tell([wording("triage_alarms")])
        _tell((ask_words(key) for key in guidance.alarms), "- ")
    if len(guidance.unknown) > len(guidance.alarms):
        _tell([wording("triage_unknown_more", count=len(guidance.unknown) - len(guidance.alarms))])
    if guidance.resembles:
        _tell([f"{wording('visit_resembles_title')} ({wording('pattern_note')})"])
        for item in resembling(guidance):
            _tell([wording(f"pattern_{item.pattern}_name")], "- ")
            for label, reasons in (("visit_for", item.for_), ("visit_against", item.against)):
                _tell((f"{wording(label)}: {wording(reason.text)}" for reason in reasons), "    ")
            _tell((f"{wording('visit_ask')}: {ask_words(key)}" for key in item.ask[:MOST_TOLD_APART]), "    ")
    _tell([f"{wording('disclaimer_title')} {wording('disclaimer')}"])


def report(
    folder: Path, *, out: Path | None, as_of: str | None, level: float, faces: bool, open_report: bool, quiet: bool
) -> int:
    """Write everything about a person into a folder and open the report; returns the exit code.

    Raises
    ------
    OutputError
        The results cannot be written; nothing half-written is left.
    """
    from facialis.actions.report import write_report

    target = out or folder / "report"
    with choose_display(quiet=quiet) as display:
        answer = _answer_shown(folder, as_of, level, display, share_of_all=0.7)
        write_report(
            answer,
            target,
            folder=folder,
            faces=faces,
            progress=lambda stage, share: display.update(folder.name, stage, 0.7 + 0.3 * share),
        )
    if not quiet:
        from facialis.report.person.course_words import opening_sentences

        for sentence in opening_sentences(answer):
            say(sentence)
        if answer.guidance.help_now:
            say(wording("questionnaire_help_now"))
        say(wording(f"visit_urgency_{answer.guidance.urgency}"))
    _problems(answer)
    page = (target / "report.html").resolve()
    put(str(page))
    if open_report and screen_there():
        webbrowser.open(page.as_uri())
    return 0


def _answer(folder: Path, as_of: str | None, level: float, *, quiet: bool) -> Answer:
    with choose_display(quiet=quiet) as display:
        return _answer_shown(folder, as_of, level, display)


def _answer_shown(
    folder: Path, as_of: str | None, level: float, display: Display, *, share_of_all: float = 1.0
) -> Answer:
    from facialis.files.person import read_person

    display.update(folder.name, "reading", 0.0)
    return answer_about(
        read_person(folder, as_of=as_day(as_of)),
        level=level,
        progress=lambda stage, share: display.update(folder.name, stage, share_of_all * share),
    )


def _tell(lines: Iterable[str], before: str = "") -> None:
    some = False
    for line in lines:
        put(textwrap.fill(line, LINE, initial_indent=before, subsequent_indent=" " * len(before)))
        some = True
    if some and before != "    ":
        put("")


def _problems(answer: Answer) -> None:
    from facialis.report.person.visit_content import instrument_name

    for problem in answer.casefile.problems:
        say(str(problem))
    for score in answer.scores:
        if score.problem:
            say(f"{score.day}, {instrument_name(score.instrument)}: {score.problem}")
