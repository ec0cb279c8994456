"""What is played of a film of a set: a copy that says nothing of itself, made by the worker beside the recording.

Never the film as it came: cameras and phones write day, place and their own name into it, and people talk. Left and
right are put right in it, and of a stretch there is nothing but the stretch.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from math import inf
from typing import BinaryIO

from facialis.app.jobs.models import Job
from facialis.app.rating.cutting import CutSource
from facialis.app.rating.models import Film
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import folder_of, forget_stray, keep, plain_film
from facialis.app.review.content import facts_of
from facialis.app.vault.plain import private_folder
from facialis.core.errors import FacialisError
from facialis.film.encode import write_copy_for_pages
from facialis.film.video import VideoFile, as_seen

__all__ = ["make_one_film", "played"]

_PLAYED = "rated"
"""The folder in which copies lie among what is kept of a recording."""
_LOOK_S = 0.5  # chosen: how soon something else is done first; 0.1 - 2 s


class _Later(BaseException):
    """Something else is to be done first; not an `Exception`, so that nothing takes it for a fault of the film."""


def _name(film: Film) -> str:
    """By all that is seen in it, so that nothing else is played after a correction."""
    seen = (film.start_s, film.stop_s, bool(film.recording.mirrored))
    return f"{_PLAYED}/{hashlib.sha256(repr(seen).encode()).hexdigest()[:16]}.mp4"


def played(film: Film) -> BinaryIO | None:
    """What is played of a film; None where it is not made yet, or has to be made again."""
    name = _name(film)
    if (film.recording.folder / name).is_file():
        return folder_of(film.recording).reader(name)
    if film.ready:  # the film was corrected since
        Film.objects.filter(pk=film.pk).update(ready=False, tries=0)
    return None


def make_one_film(leaving: Callable[[], bool]) -> bool:
    """Make what is played of the film that has waited longest; False where there is none."""
    waiting = Film.objects.filter(ready=False, tries__lt=Film.MOST_TRIES, rating_set__closed_at=None)
    film = waiting.order_by("tries", "pk").select_related("recording__person").first()
    if film is None:
        return False
    Film.objects.filter(pk=film.pk).update(tries=film.tries + 1)
    try:
        if not (film.recording.folder / _name(film)).is_file():
            _make(film, leaving)
        Film.objects.filter(pk=film.pk).update(ready=True)
    except _Later:
        Film.objects.filter(pk=film.pk).update(tries=film.tries)
    except (FacialisError, OSError):
        pass  # tried again, and then left out of the set
    if not Recording.objects.filter(pk=film.recording_id).exists():  # deleted meanwhile, with all else
        forget_stray(film.recording.token)
    return True


def _make(film: Film, leaving: Callable[[], bool]) -> None:
    recording = film.recording
    upside_down = recording.measured and facts_of(recording).recording.upside_down
    with (
        plain_film(recording) as path,
        private_folder(path.stat().st_size) as place,
        VideoFile(path, name=recording.shown_name or None) as video,
    ):
        source = as_seen(video, mirrored=bool(recording.mirrored), upside_down=upside_down)
        if film.start_s is not None or film.stop_s is not None:
            source = CutSource(source, film.start_s or 0.0, inf if film.stop_s is None else film.stop_s)
        write_copy_for_pages(source, place / "film.mp4", _asking(leaving))
        if Recording.objects.filter(pk=recording.pk).exists():  # it may have been deleted meanwhile
            keep(recording, _name(film), place / "film.mp4")


def _asking(leaving: Callable[[], bool]) -> Callable[[float], None]:
    asked_s = -inf

    def report(_share: float) -> None:
        nonlocal asked_s
        if time.monotonic() - asked_s >= _LOOK_S:
            asked_s = time.monotonic()
            if leaving() or Job.objects.filter(state=Job.State.WAITING).exists():
                raise _Later

    return report
