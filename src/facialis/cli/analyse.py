"""``facialis analyse``: what is said of recordings while and after they are measured."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from facialis.actions.analyse import Outcome
from facialis.actions.analyse import analyse as measure_all
from facialis.cli.faults import exit_code, put, say
from facialis.cli.progress import choose_display
from facialis.core.errors import SettingsError
from facialis.core.knowledge import wording
from facialis.core.messages import said
from facialis.core.occasion import Told
from facialis.core.records import Block
from facialis.core.settings import Settings

__all__ = ["ANSWERS", "analyse", "filmed_at", "filmed_on"]

ANSWERS: Mapping[str, bool | None] = MappingProxyType({"yes": True, "no": False, "unknown": None})
"""What an answer on the command line means: unknown is never no."""


def filmed_on(text: str | None) -> date | None:
    """The day of ``--date``; SettingsError where it is none, or has not come yet."""
    from facialis.core.person.written_days import day_of

    if text is None:
        return None
    try:
        day = day_of(text)
    except ValueError as error:
        raise SettingsError(**said("not_a_day", option="--date", why=error)) from error
    if day > datetime.now(UTC).date() + timedelta(days=1):  # further east it is tomorrow already
        raise SettingsError(**said("date_in_future", day=day))
    return day


def filmed_at(text: str | None) -> time | None:
    """The time of ``--time``; SettingsError where it is none."""
    if text is None:
        return None
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - the person's own clock
    except ValueError as error:
        raise SettingsError(**said("not_a_time", value=repr(text))) from error


def analyse(
    videos: Sequence[Path],
    *,
    out: Path | None,
    as_json: bool,
    jobs: int,
    settings: Settings,
    blocks: tuple[Block, ...],
    faces: bool,
    told: Told,
    force: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Measure recordings, say how it went, and return the exit code. ``out`` None: no files, only JSON."""
    several = len(set(videos)) > 1
    outcomes: dict[int, Outcome] = {}
    printed = 0
    with choose_display(quiet=quiet) as display:
        made = measure_all(
            videos,
            out=out,
            jobs=jobs,
            settings=settings,
            blocks=blocks,
            faces=faces,
            told=told,
            force=force,
            progress=lambda video, stage, share: display.update(str(video), stage, share),
            undated=None if quiet else lambda video: display.message(wording("terminal_undated", video=video)),
        )
        with closing(made):
            for outcome in made:
                display.end(str(outcome.video))
                outcomes[outcome.number] = outcome
                if debug and outcome.trace:
                    sys.stderr.write(outcome.trace)
                if outcome.remark and not quiet:
                    display.message(outcome.remark)
                if outcome.error is None and not quiet and several:
                    display.message(_line(outcome))
                # Results are printed in the order in which the recordings were given.
                while as_json and printed in outcomes:
                    _print_object(outcomes[printed])
                    printed += 1
    ordered = [outcomes[number] for number in sorted(outcomes)]
    _summary(ordered, quiet=quiet)
    return exit_code([item.error for item in ordered if item.error is not None], inputs=len(ordered))


def _print_object(outcome: Outcome) -> None:
    if outcome.error is None:
        content: dict[str, Any] = {"input": str(outcome.video), **(outcome.content or {})}
    else:
        error = outcome.error
        content = {
            "input": str(outcome.video),
            "error": {
                "kind": type(error).__name__,
                "code": error.code,
                "message": error.message,
                "advice": error.advice,
                "exit_code": error.exit_code,
            },
        }
    # Plain ASCII: a pipe's encoding is not ours to choose.
    put(json.dumps(content, ensure_ascii=True, allow_nan=False))


def _line(outcome: Outcome) -> str:
    from facialis.report.session.verdict import line

    if outcome.error is not None:
        return wording("terminal_failed", video=outcome.video, said=outcome.error)
    ending = "" if outcome.folder is None else f" → {outcome.folder}"
    key = "terminal_skipped" if outcome.skipped else "terminal_done"
    return wording(key, video=outcome.video, said=line(outcome.content or {})) + ending


def _summary(outcomes: Sequence[Outcome], *, quiet: bool) -> None:
    failed = [item for item in outcomes if item.error is not None]
    if len(outcomes) == 1:
        if failed:
            say(f"facialis: {failed[0].error}")
        elif not quiet:
            if outcomes[0].words:
                say(outcomes[0].words)
            say(_line(outcomes[0]))
            if outcomes[0].skipped and not outcomes[0].remark:
                say(wording("terminal_done_before"))
        return
    for item in failed:
        say(_line(item))
    if not quiet:
        skipped = sum(item.skipped for item in outcomes)
        done = len(outcomes) - len(failed) - skipped
        say(wording("terminal_summary", done=done, skipped=skipped, failed=len(failed)))
