"""What of a recording a browser can play frame by frame: the film as it came, or a copy that is made for the page.

The only place of the page that opens films. Decoding happens in the confined child, as in the measurement; the
original is what was measured, and stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import folder_of, keep, plain_film
from facialis.app.vault.plain import private_folder
from facialis.app.watching.models import Viewing
from facialis.core.records import Recording as Facts
from facialis.film.encode import write_copy_for_pages
from facialis.film.sources import TurnedSource
from facialis.film.video import VideoFile

__all__ = ["COPY", "Played", "copy_reader", "film_or_copy", "played_of", "write_copy"]

COPY = "copy.mp4"
"""What the copy is called among what is kept of a recording."""
_EVERYWHERE = {("mov", "h264")}
"""Container and decoder of what browsers play and show exactly. HEVC, AVI, MPG, FLV and GIF they do not play; in WebM
(VP9, one entry point, variable rate) Chromium showed the frame that was asked for in 37 of 60 seeks only."""
_SAME_S = 0.001  # half of what is added to a time stamp when a frame is asked for


def copy_reader(recording: Recording) -> tuple[BinaryIO, str] | None:
    """The copy for the page as a file, and what changes when it does; None where there is none."""
    path = recording.folder / COPY
    if not path.is_file():
        return None
    return folder_of(recording).reader(COPY), f"{path.stat().st_mtime_ns:x}"


@dataclass(frozen=True, kw_only=True)
class Played:
    """What the page plays: the ``route`` to it. ``open``: it is not looked at yet, or a copy is being made."""

    route: str
    open: bool = False
    failed: bool = False


def played_of(recording: Recording) -> Played | None:
    """What of a recording plays in the page; None where there is no film."""
    if not recording.container:
        return None
    viewing = Viewing.objects.filter(recording=recording).first()
    if not recording.measured:
        return Played(route="film")
    if viewing is None or viewing.is_open:
        return Played(route="film", open=True)
    if viewing.state == Viewing.State.COPY:
        return Played(route="copy")
    return Played(route="film", failed=viewing.state == Viewing.State.FAILED)


def film_or_copy(recording: Recording, facts: Facts) -> Viewing.State:
    """Whether a browser can show each frame of the film itself at the time at which it was measured.

    It cannot where the container or codec is not for browsers, where the picture has to be turned, where times are
    others than in the file (slow motion, a clock that does not begin at 0), and where a duration is missing.
    """
    with plain_film(recording) as path, VideoFile(path, name=recording.shown_name or None) as film:
        declared = film.declared
    plain = (
        (declared.container, declared.codec) in _EVERYWHERE
        and declared.duration_s is not None
        and abs(declared.first_s) < _SAME_S
        and declared.rotation_deg == 0
    )
    odd = (
        facts.upside_down
        or facts.resized
        or facts.damaged
        or facts.playback_rate_hz is not None
        or any(gap.start_s == 0 for gap in facts.gaps)
    )
    return Viewing.State.FILM if plain and not odd else Viewing.State.COPY


def write_copy(recording: Recording, facts: Facts, progress: Callable[[float], None]) -> None:
    """Make the copy for the page.

    Raises
    ------
    VideoError, OutputError
        The film cannot be read any more, or the copy cannot be written.
    """
    with (
        plain_film(recording) as path,
        private_folder(path.stat().st_size) as place,
        VideoFile(path, name=recording.shown_name or None) as film,
    ):
        write_copy_for_pages(TurnedSource(film) if facts.upside_down else film, place / COPY, progress)
        if Recording.objects.filter(pk=recording.pk).exists():  # it may have been deleted meanwhile
            keep(recording, COPY, place / COPY)
