"""``facialis analyse``: recordings in, result folders or JSON lines out."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from facialis.actions.outputs import Folders
from facialis.actions.workers import Died, run_here, run_in_processes
from facialis.cli.faults import as_error, exit_code, put, say
from facialis.cli.progress import Display, Stages, choose_display, spoken_duration
from facialis.core.errors import FacialisError, OutputError
from facialis.core.records import Block
from facialis.core.settings import Settings

__all__ = ["Outcome", "Task", "analyse", "analyse_one"]

Report = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One recording to do. ``folder`` None: nothing is written."""

    number: int
    video: Path
    folder: Path | None
    settings: Settings
    blocks: tuple[Block, ...]
    faces: bool


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one recording: its ``session.json`` as an object, or an error."""

    number: int
    video: Path
    folder: Path | None = None
    content: dict[str, Any] | None = None
    error: FacialisError | None = None
    words: str = ""
    skipped: bool = False
    trace: str = ""


def analyse(
    videos: Sequence[Path],
    *,
    out: Path | None,
    as_json: bool,
    jobs: int,
    settings: Settings,
    blocks: tuple[Block, ...],
    faces: bool,
    force: bool,
    quiet: bool,
    debug: bool,
) -> int:
    """Measure recordings, say how it went, and return the exit code. ``out`` None: no files, only JSON."""
    videos = list(dict.fromkeys(videos))
    folders = None
    if out is not None:
        _check_place(out)
        folders = Folders(out, videos, settings=settings, blocks=blocks, faces=faces, force=force)
    model = Task(number=0, video=Path(), folder=None, settings=settings, blocks=blocks, faces=faces)
    pending = _Pending(videos, folders, model)
    outcomes: dict[int, Outcome] = {}
    printed = 0
    with choose_display(quiet=quiet) as display:
        for outcome in _run(pending, jobs=min(jobs, len(videos)), display=display):
            outcomes[outcome.number] = outcome
            if debug and outcome.trace:
                sys.stderr.write(outcome.trace)
            if outcome.error is None and not quiet and len(videos) > 1:
                display.message(_line(outcome))
            # Results are printed in the order in which the recordings were given.
            while as_json and printed in outcomes:
                _print_object(outcomes[printed])
                printed += 1
    ordered = [outcomes[number] for number in sorted(outcomes)]
    _summary(ordered, quiet=quiet)
    return exit_code([item.error for item in ordered if item.error is not None], inputs=len(ordered))


def analyse_one(task: Task, report: Report) -> Outcome:
    """Measure one recording and write its folder; never raises an ``Exception``, so that it can run in a worker."""
    outcome = Outcome(number=task.number, video=task.video, folder=task.folder)
    try:
        content, words = _measure(task, report)
        return replace(outcome, content=content, words=words)
    except Exception as error:  # noqa: BLE001 - one recording's fault must not take the others with it
        own = as_error(error)
        return replace(outcome, error=own, trace=traceback.format_exc())


def _check_place(out: Path) -> None:
    """OutputError if nothing can be written there: better said before an hour of work than after it."""
    place = out.absolute()
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not place.is_dir():
        raise OutputError(f"{out} cannot be a folder: {place} is a file.", advice="Name another folder with --out.")
    if not os.access(place, os.W_OK | os.X_OK):
        raise OutputError(f"Nothing can be written in {place}.", advice="Name another folder with --out.")


def _measure(task: Task, report: Report) -> tuple[dict[str, Any], str]:
    """The recording's ``session.json`` as an object, and its verdict in words."""
    from facialis.files.session import session_object
    from facialis.measure.session import measure_recording
    from facialis.report.session.verdict import verdict

    stages = Stages(report)
    result = measure_recording(task.video, task.settings, blocks=task.blocks, progress=stages)
    if task.folder is not None:
        from facialis.film.video import VideoFile
        from facialis.report.session.folder import write_session_folder

        # Without faces the report never sees a picture.
        with VideoFile(task.video, task.settings.limits) if task.faces else nullcontext() as pictures:
            write_session_folder(
                result.session,
                result.motion,
                result.track,
                pictures,
                task.folder,
                faces=task.faces,
                progress=stages,
            )
    words = " ".join(sentence.text for sentence in verdict(result.session))
    return session_object(result.session, faces=task.faces), words


class _Pending:
    """The tasks that are left to do, made when their turn comes; recordings that need no work go to ``settled``."""

    def __init__(self, videos: Sequence[Path], folders: Folders | None, model: Task) -> None:
        self.settled: list[Outcome] = []
        self._videos = videos
        self._folders = folders
        self._model = model

    def __iter__(self) -> Iterator[Task]:
        for number, video in enumerate(self._videos):
            task = replace(self._model, number=number, video=video)
            if self._folders is None:
                yield task
                continue
            try:
                place = self._folders.place(video)
            except FacialisError as error:
                self.settled.append(Outcome(number=number, video=video, error=error))
                continue
            if place.finished is None:
                yield replace(task, folder=place.folder)
            else:
                done = Outcome(number=number, video=video, folder=place.folder, content=place.finished, skipped=True)
                self.settled.append(done)

    def take_settled(self) -> Iterator[Outcome]:
        """What was settled since the last call."""
        while self.settled:
            yield self.settled.pop(0)


def _run(pending: _Pending, *, jobs: int, display: Display) -> Iterator[Outcome]:
    def report(task: Task, stage: str, share: float) -> None:
        display.update(str(task.video), stage, share)

    answers = (
        run_here(analyse_one, iter(pending), report)
        if jobs == 1
        else run_in_processes(analyse_one, iter(pending), jobs=jobs, report=report)
    )
    with closing(answers):
        for task, answer in answers:
            display.end(str(task.video))
            yield from pending.take_settled()
            if isinstance(answer, Died):
                yield Outcome(number=task.number, video=task.video, error=as_error(answer))
            else:
                yield answer
    yield from pending.take_settled()


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
    if outcome.error is not None:
        return f"failed   {outcome.video}: {outcome.error}"
    ending = "" if outcome.folder is None else f" → {outcome.folder}"
    return f"{'skipped' if outcome.skipped else 'done   '}  {outcome.video}: {_found(outcome.content or {})}{ending}"


def _found(content: dict[str, Any]) -> str:
    from facialis.report.session.verdict import counted

    counts = content.get("events", {}).get("by_type", {})
    parts = [counted(counts[kind], kind) for kind in ("twitch", "tonic_spasm", "myokymia") if kind in counts]
    return f"{', '.join(parts) or 'no twitch'} in {spoken_duration(content.get('usable_s') or 0.0)} that could be used"


def _summary(outcomes: Sequence[Outcome], *, quiet: bool) -> None:
    failed = [item for item in outcomes if item.error is not None]
    if len(outcomes) == 1:
        if failed:
            say(f"facialis: {failed[0].error}")
        elif not quiet:
            if outcomes[0].words:
                say(outcomes[0].words)
            say(_line(outcomes[0]))
            if outcomes[0].skipped:
                say("It was analysed before with the same settings; --force does it again.")
        return
    for item in failed:
        say(_line(item))
    if not quiet:
        skipped = sum(item.skipped for item in outcomes)
        say(f"{len(outcomes) - len(failed) - skipped} done, {skipped} skipped (done before), {len(failed)} failed")
