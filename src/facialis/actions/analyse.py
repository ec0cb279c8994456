"""Recordings in, result folders out: one at a time or several at once, and none takes the others with it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from facialis.actions.outputs import Folders
from facialis.actions.stages import UNDATED, Stages
from facialis.actions.workers import Died, run_here, run_in_processes
from facialis.core.errors import FacialisError, OutputError
from facialis.core.knowledge import language, spoken, wording
from facialis.core.messages import as_error, said
from facialis.core.occasion import Told
from facialis.core.records import Block, Session
from facialis.core.settings import Settings
from facialis.core.temporary import remove_leftovers

__all__ = ["Outcome", "Task", "analyse", "analyse_one"]

Report = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True)
class Task:
    """One recording to do. ``folder`` None: nothing is written. ``remark``: see `facialis.actions.outputs.Place`.
    ``name``: what the recording is called in messages and results; None: as its file.

    ``also`` is given the session with all its signals when its folder has been written; only within this process.
    ``ask_day``: report `facialis.actions.stages.UNDATED` where neither the film nor the person says the day.
    """

    number: int
    video: Path
    folder: Path | None
    settings: Settings
    blocks: tuple[Block, ...]
    faces: bool
    told: Told = field(default_factory=Told)
    language: str = field(default_factory=spoken)  # a worker is a process of its own, and would speak English
    ask_day: bool = False
    remark: str = ""
    name: str | None = None
    also: Callable[[Session], None] | None = None


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one recording: its ``session.json`` as an object, or an error.

    ``number`` is its place among the recordings that were given, from 0; ``words`` is its verdict in sentences, empty
    where it was skipped; ``skipped`` says that an up-to-date result was there already; ``remark`` is a sentence about
    an earlier result, or empty; ``trace`` shows where an error happened.
    """

    number: int
    video: Path
    folder: Path | None = None
    content: dict[str, Any] | None = None
    error: FacialisError | None = None
    words: str = ""
    skipped: bool = False
    remark: str = ""
    trace: str = ""


def analyse(
    videos: Sequence[Path],
    *,
    out: Path | None,
    jobs: int = 1,
    settings: Settings | None = None,
    blocks: tuple[Block, ...] = (),
    faces: bool = True,
    told: Told | None = None,
    force: bool = False,
    progress: Callable[[Path, str, float], None] | None = None,
    undated: Callable[[Path], None] | None = None,
) -> Generator[Outcome, None, None]:
    """Measure recordings and write their folders; yields each outcome as soon as it is known.

    Parameters
    ----------
    videos
        The recordings. One that is named twice is measured once.
    out
        The folder of all results; each recording gets a folder of its own in it. None: nothing is written.
    jobs
        Recordings to measure at once, each in a process of its own.
    settings
        What can be set of a measurement; None: the defaults.
    blocks
        Parts of the recording protocol, in seconds of each recording.
    faces
        False: no picture of a face goes into any file.
    told
        What the person says of the recordings; None: nothing.
    force
        Do again what is done.
    progress
        Called a few times per second with the recording, the stage, and the fraction of the whole done (0–1).
    undated
        Called before a recording is measured that does not say on which day it was filmed, if no day was told.

    Raises
    ------
    OutputError
        Nothing can be written in ``out``. What goes wrong with one recording is in its outcome instead.
    """
    videos = list(dict.fromkeys(videos))
    settings, told = settings or Settings(), told or Told()
    folders = None
    if out is not None:
        _check_place(out)
        remove_leftovers(out)
        folders = Folders(out, videos, settings=settings, blocks=blocks, faces=faces, told=told, force=force)
    model = Task(
        number=0, video=Path(), folder=None, settings=settings, blocks=blocks, faces=faces, told=told, ask_day=True
    )
    return _run(_Pending(videos, folders, model), jobs=min(jobs, len(videos)), progress=progress, undated=undated)


def analyse_one(task: Task, report: Report) -> Outcome:
    """Measure one recording and write its folder; never raises an ``Exception``, so that it can run in a worker."""
    outcome = Outcome(number=task.number, video=task.video, folder=task.folder, remark=task.remark)
    with language(task.language):
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
        raise OutputError(**said("out_is_file", out=out, place=place))
    if not os.access(place, os.W_OK | os.X_OK):
        raise OutputError(**said("out_not_writable", place=place))


def _measure(task: Task, report: Report) -> tuple[dict[str, Any], str]:
    """The recording's ``session.json`` as an object, and its verdict in words."""
    from facialis.files.session import session_object
    from facialis.film.video import VideoFile, as_seen
    from facialis.measure.session import measure_source
    from facialis.report.session.verdict import verdict

    stages = Stages(report)
    with VideoFile(task.video, task.settings.limits, name=task.name) as source:
        if task.ask_day and task.told.day is None and source.declared.recorded_at is None:
            report(UNDATED, 0.0)
        result = measure_source(source, task.settings, blocks=task.blocks, told=task.told, progress=stages)
        if task.folder is not None:
            from facialis.report.session.folder import write_session_folder

            # The same file, or it is refused: films are cut from what was measured. Without faces it is not read.
            pictures = as_seen(source, mirrored=task.told.mirrored, upside_down=result.recording.upside_down)
            write_session_folder(
                result, pictures if task.faces else None, task.folder, faces=task.faces, progress=stages
            )
            if task.also is not None:
                task.also(result)
    words = " ".join(sentence.text for sentence in verdict(result))
    return session_object(result, faces=task.faces), words


def _drawn_again(folder: Path, *, faces: bool) -> bool:
    """Draw a result's page in the language spoken; whether that could be done from what is in the folder."""
    from facialis.report.session.folder import redraw_page

    try:
        redraw_page(folder, faces=faces)
    except (FacialisError, OSError):
        return False
    return True


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
            except Exception as error:  # noqa: BLE001 - an odd result must not take the other recordings with it
                trace = traceback.format_exc()
                self.settled.append(Outcome(number=number, video=video, error=as_error(error), trace=trace))
                continue
            if place.finished is None:
                told = task.told if place.day is None else replace(task.told, day=task.told.day or place.day)
                yield replace(task, folder=place.folder, remark=place.remark, told=told)
                continue
            remark = ""
            if place.other_language:
                if not _drawn_again(place.folder, faces=self._model.faces):
                    again = wording("result_again", why=wording("again_not_drawn"))
                    yield replace(task, folder=place.folder, remark=again)
                    continue
                remark = wording("result_redrawn", folder=place.folder)
            self.settled.append(
                Outcome(
                    number=number,
                    video=video,
                    folder=place.folder,
                    content=place.finished,
                    skipped=True,
                    remark=remark,
                )
            )

    def take_settled(self) -> Iterator[Outcome]:
        """What was settled since the last call."""
        while self.settled:
            yield self.settled.pop(0)


def _run(
    pending: _Pending,
    *,
    jobs: int,
    progress: Callable[[Path, str, float], None] | None,
    undated: Callable[[Path], None] | None,
) -> Generator[Outcome, None, None]:
    def report(task: Task, stage: str, share: float) -> None:
        if stage == UNDATED:
            if undated is not None:
                undated(task.video)
        elif progress is not None:
            progress(task.video, stage, share)

    outcomes = (
        run_here(analyse_one, iter(pending), report)
        if jobs == 1
        else run_in_processes(analyse_one, iter(pending), jobs=jobs, report=report)
    )
    with closing(outcomes):
        for task, outcome in outcomes:
            yield from pending.take_settled()
            if isinstance(outcome, Died):
                yield Outcome(number=task.number, video=task.video, error=as_error(outcome))
            else:
                yield outcome
    yield from pending.take_settled()
