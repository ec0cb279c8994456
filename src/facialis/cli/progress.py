"""Progress on standard error: stage, share done and time left; bars on a terminal, plain lines elsewhere.

Also whether there is a screen on which a browser can be opened.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from facialis.cli.faults import printable, say
from facialis.core.knowledge import sentences, wording

__all__ = ["Bars", "Display", "Lines", "Silence", "TimeLeft", "choose_display", "screen_there", "spoken_duration"]

LINE_EVERY_S = 5.0  # chosen: a log stays readable and still shows life; 2-20 s changes nothing


class TimeLeft:
    """Estimates the seconds left from the share that is done.

    The pace is the average since the first of it was done; nothing is said before there is something to go by.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start_s = clock()

    def seconds(self, share: float) -> float | None:
        """Seconds left when ``share`` (0-1) is done; None while it is too early to say."""
        if share <= 0.0:  # what is only prepared says nothing of the pace
            self._start_s = self._clock()
        elapsed = self._clock() - self._start_s
        # chosen: below 2 % or one second the estimate is mostly start-up; 1-5 % changes nothing
        if share < 0.02 or elapsed < 1.0:
            return None
        return elapsed * (1.0 - min(share, 1.0)) / share


def spoken_duration(seconds: float) -> str:
    """A duration as people say it, e.g. ``12 s``, ``3 min 20 s``, ``1 h 05 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def _stage_words(stage: str) -> str:
    """A stage as rooms report it, in the language spoken; as it is where it has no words."""
    key = f"stage_{stage.replace(' ', '_')}"
    return wording(key) if key in sentences() else stage


class Display(Protocol):
    """Where progress is shown. Several tasks may be under way, each known by its name."""

    def update(self, name: str, stage: str, share: float) -> None:
        """``stage`` of task ``name`` is under way and ``share`` (0-1) of the whole task is done."""

    def end(self, name: str) -> None:
        """The task is over, well or not."""

    def message(self, text: str) -> None:
        """Say a line that stays, without disturbing what is shown."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Silence:
    """Shows no progress."""

    def update(self, name: str, stage: str, share: float) -> None:
        """Nothing."""

    def end(self, name: str) -> None:
        """Nothing."""

    def message(self, text: str) -> None:
        """Say the line."""
        say(text)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class Lines(Silence):
    """One line at each new stage and every few seconds: for log files and pipes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left: dict[str, TimeLeft] = {}
        self._last: dict[str, tuple[str, float]] = {}

    def update(self, name: str, stage: str, share: float) -> None:
        """Say a line if the stage is new or the last line is some seconds old."""
        left = self._left.setdefault(name, TimeLeft(self._clock))
        last_stage, last_s = self._last.get(name, ("", -LINE_EVERY_S))
        now_s = self._clock()
        if stage == last_stage and now_s - last_s < LINE_EVERY_S:
            return
        self._last[name] = (stage, now_s)
        seconds = left.seconds(share)
        known = seconds is not None and seconds >= 1
        say(
            wording(
                "progress_line_left" if known else "progress_line",
                name=name,
                stage=_stage_words(stage),
                percent=f"{100 * share:.0f}",
                left=spoken_duration(seconds or 0.0),
            )
        )

    def end(self, name: str) -> None:
        """Forget the task."""
        self._left.pop(name, None)
        self._last.pop(name, None)


class Bars(Silence):
    """A moving bar for each task that is under way: for terminals."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

        self._left: dict[str, TimeLeft] = {}
        self._rows: dict[str, TaskID] = {}
        self._progress = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.fields[left]}", markup=False),
            TextColumn("{task.fields[stage]}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )

    def update(self, name: str, stage: str, share: float) -> None:
        """Move the task's bar; the first call makes it."""
        left = self._left.setdefault(name, TimeLeft())
        seconds = left.seconds(share)
        ending = "" if seconds is None else wording("progress_left", left=spoken_duration(seconds))
        if name not in self._rows:
            self._rows[name] = self._progress.add_task(printable(name), total=1.0, left="", stage="")
        self._progress.update(self._rows[name], completed=min(share, 1.0), left=ending, stage=_stage_words(stage))

    def end(self, name: str) -> None:
        """Take the task's bar away."""
        self._left.pop(name, None)
        row = self._rows.pop(name, None)
        if row is not None:
            self._progress.remove_task(row)

    def message(self, text: str) -> None:
        """Print the line above the bars."""
        self._progress.console.print(printable(text), markup=False, highlight=False, soft_wrap=True)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def choose_display(*, quiet: bool) -> Display:
    """Bars on a terminal, lines elsewhere, nothing when asked to be quiet."""
    if quiet:
        return Silence()
    return Bars() if sys.stderr.isatty() else Lines()


def screen_there() -> bool:
    """True if a person sits before a screen on which a browser can be opened."""
    if os.environ.get("CI") or not sys.stderr.isatty():
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
