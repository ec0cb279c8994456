"""``facialis course``, ``facialis guide`` and ``facialis report``: the answers about one person."""

from __future__ import annotations

import json
import textwrap
import webbrowser
from collections.abc import Iterable
from pathlib import Path

from facialis.actions.answer import as_day, find_answer
from facialis.cli.demo import screen_there
from facialis.cli.faults import LINE, put, say
from facialis.cli.progress import choose_display
from facialis.core.answer import Answer
from facialis.core.knowledge import wording

__all__ = ["course", "guide", "report"]


def course(folder: Path, *, as_of: str | None, level: float, as_json: bool, quiet: bool) -> int:
    """Print the course of a person as sentences, or as one JSON object; returns the exit code."""
    answer = _answer(folder, as_of, level, quiet=quiet or as_json)
    from facialis.report.person.answers import course_object

    if as_json:
        put(json.dumps(course_object(answer), ensure_ascii=True, allow_nan=False))
    else:
        from facialis.follow.saying import verdict_sentence
        from facialis.report.person.visit_content import course_sentences, sentence_of_trigger

        _tell([verdict_sentence(answer.course)])
        _tell(course_sentences(answer))
        _tell((wording(f"course_blocked_{code}") for code in answer.course.blocked_by), "- ")
        _tell((wording(key) for key in answer.course.notes), "- ")
        _tell((sentence_of_trigger(effect) for effect in answer.triggers if effect.named), "- ")
        if answer.guidance.help_now:
            _tell([wording("questionnaire_help_now")])
        _tell([f"{wording('disclaimer_title')} {wording('disclaimer')}"])
    _problems(answer)
    return 0


def guide(folder: Path | None, *, as_of: str | None, article: str | None, as_json: bool, quiet: bool) -> int:
    """Print how soon somebody should look at it and why, or an article; returns the exit code."""
    if article is not None or folder is None:
        from facialis.cli.reading import print_article, print_articles

        return print_articles() if article is None else print_article(article)
    answer = _answer(folder, as_of, 0.5, quiet=quiet or as_json)
    from facialis.report.person.answers import guidance_object

    guidance = answer.guidance
    if as_json:
        put(json.dumps(guidance_object(answer), ensure_ascii=True, allow_nan=False))
    else:
        from facialis.report.person.visit_content import EMERGENCY, MOST_TOLD_APART, ask_words, resembling

        _tell([wording("emergency_title")])
        _tell((wording(f"emergency_{part}") for part in EMERGENCY), "- ")
        if guidance.help_now:
            _tell([wording("questionnaire_help_now")])
        _tell([wording(f"visit_urgency_{guidance.urgency}")])
        _tell((wording(rule.why) for rule in guidance.rules), "- ")
        _tell([wording("triage_note")])
        if guidance.resembles:
            _tell([f"{wording('visit_resembles_title')} ({wording('pattern_note')})"])
            for item in resembling(guidance):
                _tell([wording(f"pattern_{item.pattern}_name")], "- ")
                for label, reasons in (("visit_for", item.for_), ("visit_against", item.against)):
                    _tell((f"{wording(label)}: {wording(reason.text)}" for reason in reasons), "    ")
                _tell((f"{wording('visit_ask')}: {ask_words(key)}" for key in item.ask[:MOST_TOLD_APART]), "    ")
        _tell([f"{wording('disclaimer_title')} {wording('disclaimer')}"])
    _problems(answer)
    return 0


def report(
    folder: Path, *, out: Path | None, as_of: str | None, level: float, faces: bool, open_report: bool, quiet: bool
) -> int:
    """Write everything about a person into a folder and open the report; returns the exit code.

    Raises
    ------
    OutputError
        The results cannot be written; nothing half-written is left.
    """
    from facialis.cli.reading import ahead_of, questions_of, reading_of
    from facialis.report.person.folder import write_person_folder

    target = out or folder / "report"
    with choose_display(quiet=quiet) as display:
        answer = find_answer(
            folder,
            as_of=as_day(as_of),
            level=level,
            progress=lambda stage, share: display.update(folder.name, stage, 0.7 * share),
        )
        write_person_folder(
            answer,
            folder,
            target,
            reading=reading_of(answer),
            questions=questions_of(answer),
            ahead=ahead_of(answer),
            faces=faces,
            progress=lambda stage, share: display.update(folder.name, stage, 0.7 + 0.3 * share),
        )
    if not quiet:
        from facialis.follow.saying import verdict_sentence

        say(verdict_sentence(answer.course))
        say(wording(f"visit_urgency_{answer.guidance.urgency}"))
    _problems(answer)
    page = (target / "report.html").resolve()
    put(str(page))
    if open_report and screen_there():
        webbrowser.open(page.as_uri())
    return 0


def _answer(folder: Path, as_of: str | None, level: float, *, quiet: bool) -> Answer:
    with choose_display(quiet=quiet) as display:
        return find_answer(
            folder,
            as_of=as_day(as_of),
            level=level,
            progress=lambda stage, share: display.update(folder.name, stage, share),
        )


def _tell(lines: Iterable[str], before: str = "") -> None:
    some = False
    for line in lines:
        put(textwrap.fill(line, LINE, initial_indent=before, subsequent_indent=" " * len(before)))
        some = True
    if some and before != "    ":
        put("")


def _problems(answer: Answer) -> None:
    for problem in answer.casefile.problems:
        say(str(problem))
