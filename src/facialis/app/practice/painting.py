"""Films for practice: painted by the worker once for a casebook, when practice is first offered, kept with their truth.

They show nobody's face, so they are not encrypted. Nothing removes them. A backup leaves them out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from pathlib import Path

from django.conf import settings

from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import Progress, forget_progress, read_progress, write_progress
from facialis.core.errors import FacialisError
from facialis.core.records import Event
from facialis.files.events import read_events
from facialis.phantom.anchors import Anchor, anchors
from facialis.phantom.recording import write_phantom

__all__ = [
    "MOST_TRIES",
    "ask_again",
    "ask_for_films",
    "film_of",
    "films",
    "given_up",
    "how_far",
    "paint_one",
    "ready",
    "truth_of",
]

MOST_TRIES = 3
"""Chosen: as often as a measurement is begun; 2 - 5."""
_LOOK_S = 0.5  # chosen: how soon something else is done first; 0.1 - 2 s
_NAME = "practice"
_USUAL_S, _USUAL_FRAMES = 0.04, 48  # of one frame on a usual computer, and how many have to say otherwise; 24 - 100


class _Later(BaseException):
    """Something else is to be done first; not an `Exception`, so that nothing takes it for a fault."""


def films() -> tuple[Anchor, ...]:
    """The films for practice, in the order in which they are shown."""
    return tuple(anchors().values())


def film_of(anchor: Anchor) -> Path:
    """Where a film lies: by all that is seen in it, so that another one is painted when its definition changes."""
    return Path(settings.PLACE.practice) / f"{anchor.key}-{anchor.spec.fingerprint()[:16]}.mp4"


def _table_of(anchor: Anchor) -> Path:
    return film_of(anchor).with_suffix(".events.tsv")


def truth_of(anchor: Anchor) -> tuple[Event, ...]:
    """What was put into a film that is painted."""
    return tuple(read_events(_table_of(anchor)))


def ready(anchor: Anchor) -> bool:
    """Whether a film is painted."""
    return film_of(anchor).is_file() and _table_of(anchor).is_file()


# ---- asking for them -------------------------------------------------------------------------------------------


def _asked() -> Path:
    return Path(settings.PLACE.practice) / "asked"


def _tries() -> int | None:
    """How often in vain; None: nobody has asked."""
    try:
        return int(_asked().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def _note(tries: int) -> None:
    _asked().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _asked().write_text(str(tries), encoding="ascii")


def ask_for_films() -> None:
    """Let the worker paint them, unless somebody has asked before."""
    if _tries() is None:
        with suppress(OSError):  # an offer is worth no failure
            _note(0)


def ask_again() -> None:
    """Let the worker try once more what failed."""
    with suppress(OSError):
        _note(0)


def given_up() -> bool:
    """Whether painting failed too often."""
    return (_tries() or 0) >= MOST_TRIES and not all(ready(one) for one in films())


def how_far() -> Progress | None:
    """How far painting is; None where it has not begun."""
    return read_progress(_NAME)


# ---- painting --------------------------------------------------------------------------------------------------


def paint_one(leaving: Callable[[], bool], wanted: Sequence[Anchor] | None = None) -> bool:
    """Paint the first film that is missing; False where nobody asked, or none is.

    Parameters
    ----------
    leaving
        Whether the worker is told to leave.
    wanted
        The films; None: those for practice.
    """
    tries = _tries()
    if tries is None or tries >= MOST_TRIES:
        return False
    every = films() if wanted is None else wanted
    missing = [one for one in every if not ready(one)]
    if not missing:
        return False
    done = sum(one.spec.frames for one in every if one not in missing)
    report = _reporter(leaving, done, sum(one.spec.frames for one in every))
    try:
        _note(tries + 1)  # a painter that dies tells nobody
        write_phantom(missing[0].spec, film_of(missing[0]), report)  # starting more processes takes half as long
        _note(0)
    except _Later:
        _note(tries)
    except (FacialisError, OSError):
        pass  # tried again, and then given up
    if len(missing) == 1 or given_up():
        forget_progress(_NAME)
    return True


def _reporter(leaving: Callable[[], bool], before: int, total: int) -> Callable[[int, int], None]:
    began_s, asked_s = 0.0, -inf

    def report(frames: int, _of: int) -> None:
        nonlocal began_s, asked_s
        now_s = time.monotonic()
        began_s = began_s or now_s  # what came before the first frame is no measure of the others
        if now_s - asked_s < _LOOK_S:
            return
        asked_s = now_s
        a_frame_s = (now_s - began_s + _USUAL_FRAMES * _USUAL_S) / (frames + _USUAL_FRAMES)
        done = before + frames
        # As if all had been painted as fast, so that the time left is right, of which the share and the time say.
        write_progress(_NAME, "painting", done / total, now_s - a_frame_s * done)
        if leaving() or Job.objects.filter(state=Job.State.WAITING).exists():
            raise _Later

    return report
