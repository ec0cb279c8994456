"""The worker's work for the page, when nothing waits to be measured: near misses, and a copy of films that need one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from django.db.models import Q

from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import forget_progress, write_progress
from facialis.app.recordings.models import Recording
from facialis.app.review.content import session_of
from facialis.app.vault.keys import forget_key
from facialis.app.watching.loops import LOOPS
from facialis.app.watching.misses import near_misses
from facialis.app.watching.models import Viewing
from facialis.app.watching.playback import film_or_copy, write_copy
from facialis.core.errors import FacialisError

__all__ = ["prepare_one", "progress_number", "start_anew"]

_MOST_TRIES = 3  # chosen: as often as a measurement is begun; 2 - 5
_SHOW_S = 0.3  # chosen: the page asks once per second; 0.1 - 1 s


class _Later(BaseException):
    """Something else is to be done first; not an `Exception`, so that nothing takes it for a fault of the film."""


def progress_number(recording: Recording) -> int:
    """By which the progress of a copy is kept, apart from that of the job."""
    return -int(recording.pk)


def start_anew(recording_id: int) -> None:
    """Let what was made of a recording be made again: it has been measured once more."""
    recording = Recording.objects.filter(pk=recording_id).first()
    if recording is not None:
        shutil.rmtree(recording.folder / LOOPS, ignore_errors=True)
    again = Viewing.objects.filter(recording_id=recording_id)
    again.update(state=Viewing.State.WAITING, tries=0, misses=None)


def prepare_one(leaving: Callable[[], bool]) -> bool:
    """Prepare the page of the recording that was measured last; False where there is none to prepare."""
    viewing = _next()
    if viewing is None:
        return False
    Viewing.objects.filter(pk=viewing.pk).update(tries=viewing.tries + 1)
    try:
        _prepare(viewing, leaving)
    except _Later:
        Viewing.objects.filter(pk=viewing.pk).update(tries=viewing.tries)
    except (FacialisError, OSError):
        Viewing.objects.filter(pk=viewing.pk).update(state=Viewing.State.FAILED)
    finally:
        forget_progress(progress_number(viewing.recording))
    if not Recording.objects.filter(pk=viewing.recording_id).exists():  # deleted meanwhile, with all else
        shutil.rmtree(viewing.recording.folder, ignore_errors=True)
        forget_key(viewing.recording.token)
    return True


def _next() -> Viewing | None:
    fresh = Recording.objects.filter(measured=True, viewing=None).first()
    if fresh is not None:
        return Viewing.objects.create(owner_id=fresh.owner_id, recording=fresh)
    states = (Viewing.State.WAITING, Viewing.State.ASKED)
    waiting = Viewing.objects.filter(Q(recording__measured=True) & Q(state__in=states))
    return waiting.filter(tries__lt=_MOST_TRIES).select_related("recording").first()


def _prepare(viewing: Viewing, leaving: Callable[[], bool]) -> None:
    recording = viewing.recording
    session = session_of(recording)
    if viewing.misses is None:
        rows = near_misses(session) if session.usable_s > 0 else []
        Viewing.objects.filter(pk=viewing.pk).update(misses=rows)
    state = Viewing.State.FILM
    if recording.container:
        asked = viewing.state == Viewing.State.ASKED
        state = Viewing.State.COPY if asked else film_or_copy(recording, session.recording)
    if state == Viewing.State.COPY:
        write_copy(recording, session.recording, _reporter(recording, leaving))
    Viewing.objects.filter(pk=viewing.pk).update(state=state)


def _reporter(recording: Recording, leaving: Callable[[], bool]) -> Callable[[float], None]:
    began_s = time.monotonic()
    shown_s = 0.0

    def report(share: float) -> None:
        nonlocal shown_s
        now_s = time.monotonic()
        if now_s - shown_s >= _SHOW_S:
            shown_s = now_s
            if leaving() or Job.objects.filter(state=Job.State.WAITING).exists():
                raise _Later
            write_progress(progress_number(recording), "copying for the page", share, began_s)

    return report
