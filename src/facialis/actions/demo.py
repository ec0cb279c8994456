"""The demo's recording: a phantom of known truth, measured, and what was found held against the truth."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from facialis.actions.analyse import Task, analyse_one
from facialis.actions.outputs import Folders
from facialis.actions.phantom import check_free, make_phantom, truth_path
from facialis.core.errors import FacialisError
from facialis.core.records import SPASM_KINDS, Event
from facialis.core.settings import Settings
from facialis.files.events import read_events

__all__ = ["Comparison", "Demo", "compare", "demo_there", "make_demo", "throw_away"]

_PHANTOM_SHARE = 0.65  # measured on two cores: its part of the demo's time; only the bar depends on it
_SLACK_S = 0.1  # chosen: about three frames either side; 0.05-0.2 s changes nothing, events stand further apart


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Each true event with the found one that overlaps it best, and the found twitches that no true one explains."""

    pairs: tuple[tuple[Event, Event | None], ...]
    false: tuple[Event, ...]

    @property
    def found(self) -> int:
        """True twitches and spasms that were found as such, on whichever side."""
        return sum(truth.trial_type in SPASM_KINDS and match is not None for truth, match in self.pairs)

    @property
    def side_right(self) -> int:
        """Of those found, the ones on the right side of the face's two."""
        return sum(
            truth.trial_type in SPASM_KINDS and match is not None and match.side == truth.side
            for truth, match in self.pairs
        )

    @property
    def put_in(self) -> int:
        """True twitches and spasms."""
        return sum(truth.trial_type in SPASM_KINDS for truth, _ in self.pairs)


def compare(truth: Sequence[Event], found: Sequence[Event]) -> Comparison:
    """Hold found events against the truth.

    A true twitch or spasm counts as found where a found one (of any of these kinds) overlaps it, give or take a tenth
    of a second; another true event where a found one of its own kind does. One found event may cover several true
    pulses of a train. A found one that was not taken for any true one, and overlaps none of its own kind, is false.
    """
    pairs = tuple((event, _best(event, [item for item in found if _alike(event, item)])) for event in truth)
    explained = [event for event in truth if event.trial_type in SPASM_KINDS]
    taken = {id(match) for _, match in pairs if match is not None}
    false = tuple(
        item
        for item in found
        if item.trial_type in SPASM_KINDS
        and id(item) not in taken
        and (item.trial_type not in {event.trial_type for event in explained if _overlap_s(item, event) > 0})
    )
    return Comparison(pairs=pairs, false=false)


def _alike(truth: Event, found: Event) -> bool:
    if truth.trial_type in SPASM_KINDS:
        return found.trial_type in SPASM_KINDS
    return found.trial_type == truth.trial_type


def _overlap_s(one: Event, other: Event) -> float:
    return min(one.offset_s, other.offset_s) - max(one.onset_s, other.onset_s) + _SLACK_S


def _best(event: Event, candidates: Sequence[Event]) -> Event | None:
    close = [item for item in candidates if _overlap_s(event, item) > 0]
    return min(close, key=lambda item: abs(item.apex_s - event.apex_s), default=None)


@dataclass(frozen=True, kw_only=True)
class Demo:
    """The demo's recording, the folder of its results, and what was found beside the truth."""

    video: Path
    results: Path
    comparison: Comparison


def demo_there(out: Path) -> Demo | None:
    """Return the demo in ``out`` if it is whole and up to date, else None.

    It is up to date if this facialis, with the same settings, measured the very recording that lies there.
    """
    video, results = out / "demo.mp4", out / "demo"
    if not (video.is_file() and truth_path(video).is_file()):
        return None
    folders = Folders(out, [video], settings=Settings(), blocks=(), faces=True, force=False)
    try:
        place = folders.place(video)
        if place.finished is None or place.folder != results or not (results / "report.html").is_file():
            return None
        return _compared(video, results)
    except (FacialisError, OSError):  # whatever is wrong with it, it is made again
        return None


def make_demo(out: Path, progress: Callable[[str, float], None]) -> Demo:
    """Make the phantom in ``out``, measure it, and return what was found beside the truth.

    Parameters
    ----------
    out
        The folder for the recording and its results.
    progress
        Called a few times per second with the stage and the fraction of the whole done (0–1).

    Raises
    ------
    InputError
        There is another recording of this name, which may be somebody's.
    OutputError
        The recording or its results cannot be written.
    """
    video, results = out / "demo.mp4", out / "demo"
    check_free(video)
    with _preparing():
        make_phantom(video, None, lambda stage, share: progress(stage, _PHANTOM_SHARE * share))
    task = Task(number=0, video=video, folder=results, settings=Settings(), blocks=(), faces=True)
    outcome = analyse_one(task, lambda stage, share: progress(stage, _PHANTOM_SHARE + (1.0 - _PHANTOM_SHARE) * share))
    if outcome.error is not None:
        raise outcome.error
    return _compared(video, results)


@contextmanager
def _preparing() -> Iterator[None]:
    """Compile meanwhile what measuring needs, which takes a core for some seconds, once on a machine.

    Whatever becomes of it: measuring compiles what it does not find.
    """
    beside = get_context("spawn").Process(target=_prepare, daemon=True)
    beside.start()
    try:
        yield
    except BaseException:
        beside.terminate()
        raise
    finally:
        beside.join()


def _prepare() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for the parent alone
    from facialis.measure.face.motion import prepare

    prepare()


def throw_away(out: Path) -> bool:
    """Remove the demo's recording, its truth and its results from ``out``; False if there was none.

    A recording without its truth beside it may be somebody's, and stays; so do its results.
    """
    video, truth = out / "demo.mp4", truth_path(out / "demo.mp4")
    if not truth.is_file():
        return False
    shutil.rmtree(out / "demo", ignore_errors=True)
    video.unlink(missing_ok=True)
    truth.unlink()
    return True


def _compared(video: Path, results: Path) -> Demo:
    comparison = compare(read_events(truth_path(video)), read_events(results / "events.tsv"))
    return Demo(video=video, results=results, comparison=comparison)
