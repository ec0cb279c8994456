"""Magnified loops of events that the result has none of: found by their name, made from the film, and kept."""

from __future__ import annotations

import hashlib
import io
import json
import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from math import inf
from typing import Any

import numpy as np

from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import folder_of, keep, plain_film, result_stamp
from facialis.app.review.added import event_of
from facialis.app.review.content import facts_of, session_of
from facialis.app.review.standing import event_keys, standing_of
from facialis.app.watching.misses import Miss, misses_in
from facialis.app.watching.models import Viewing
from facialis.app.watching.tracks import track_of
from facialis.core.errors import FormatError, InputError
from facialis.core.messages import said
from facialis.core.records import Event, FaceTrack, Frame, Motion, Session
from facialis.files.clips import Clip
from facialis.film.sources import FrameSource
from facialis.film.video import VideoFile, as_seen
from facialis.measure.face.mesh import FaceMesh
from facialis.measure.face.motion import prepare, track_motion
from facialis.report.session.clips import AFTER_S, BEFORE_S, make_clip

__all__ = ["LOOPS", "event_named", "kept_loop", "make_loop", "name_of"]

LOOPS = "loops"
"""The folder in which they lie among what is kept of a recording."""
_AROUND_S = 10.0  # chosen: where the skin lay is known from half a second of rest near it; 5 - 30 s
_SETTLING_S = 1.0  # chosen: before it, so that the face is followed when the event begins; 0.5 - 3 s


def event_named(recording: Recording, key: str) -> Event | None:
    """An event by the name that the review gives it, with its ends as they stand; None where nothing is called so."""
    session, standing = facts_of(recording), standing_of(recording)
    known = dict(zip(event_keys(session.events), session.events, strict=True))
    if key in known:
        moved = standing.moved.get(key)
        if moved is None:
            return known[key]
        return replace(known[key], onset_s=moved.start_s, duration_s=moved.duration_s)
    for added in standing.added:
        if added.key == key:
            return event_of(added, session_of(recording).motion)
    viewing = Viewing.objects.filter(recording=recording).first()
    rows = misses_in(viewing.misses if viewing is not None else None)
    return next((_event_of(row) for row in rows if row.key == key), None)


def _event_of(miss: Miss) -> Event:
    return Event(
        onset_s=miss.onset_s,
        duration_s=miss.offset_s - miss.onset_s,
        trial_type="twitch",
        side=miss.side,
        regions=miss.regions,
        apex_s=(miss.onset_s + miss.offset_s) / 2,
        amplitude_iod=miss.amplitude_iod,
        probability=miss.probability,
        detector="near miss",
    )


def name_of(recording: Recording, event: Event) -> str:
    """What the loop of an event is called: by all that is seen in it, so that none is shown of anything else."""
    seen = (result_stamp(recording), event.onset_s, event.offset_s, event.side, event.regions)
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:24]


def kept_loop(recording: Recording, name: str) -> Clip | None:
    """A loop that was made; None where there is none."""
    with suppress(FormatError, OSError):
        content = folder_of(recording).read(f"{LOOPS}/{name}")
        (length,) = struct.unpack_from("<I", content)
        return Clip(**json.loads(content[4 : 4 + length]), image=content[4 + length :])
    return None


def make_loop(recording: Recording, event: Event, report: Callable[[float], None]) -> None:
    """Make the loop of an event and keep it.

    Raises
    ------
    InputError
        None can be made: no picture shows it, or the face that was measured is not known any more.
    VideoError, OutputError
        The film cannot be read any more.
    """
    session = session_of(recording)
    with plain_film(recording) as path, VideoFile(path, name=recording.shown_name or None) as film:
        pictures = as_seen(film, mirrored=bool(recording.mirrored), upside_down=session.recording.upside_down)
        stop_s = event.offset_s + AFTER_S
        track = track_of(recording, session.motion.time_s)
        shares = (0.0, 1.0) if track is not None else (0.5, 0.5)
        track = track or _followed(_Told(pictures, stop_s, report, (0.0, 0.5)), event)
        source = _Told(pictures, stop_s, report, shares)
        clip = make_clip(event, session.events, _near(session, event), track, source)
    if clip is None:
        raise InputError(**said("loop_nothing_seen"))
    rows = {key: value for key, value in asdict(clip).items() if key != "image"}
    head = json.dumps(rows).encode()
    if Recording.objects.filter(pk=recording.pk).exists():  # it may have been deleted meanwhile
        packed = io.BytesIO(struct.pack("<I", len(head)) + head + clip.image)
        keep(recording, f"{LOOPS}/{name_of(recording, event)}", packed)


def _near(session: Session, event: Event) -> Motion:
    """The signals around an event: an hour of them would be looked through for nothing."""
    motion = session.motion
    first, last = np.searchsorted(motion.time_s, [event.onset_s - _AROUND_S, event.offset_s + _AROUND_S])
    part = slice(int(first), int(last))
    arrays: dict[str, Any] = {name: getattr(motion, name)[part] for name in Motion.dims}
    return replace(motion, **arrays)


def _followed(source: _Told, event: Event) -> FaceTrack:
    """Where the face is around an event, found out again: of results that came from elsewhere it was not kept."""
    prepare()
    pictures = source.frames(max(0.0, event.onset_s - BEFORE_S - _SETTLING_S), event.offset_s + AFTER_S)
    track = track_motion(pictures, FaceMesh(None)).track
    if track.faces_seen > 1:  # nobody can say here which of them was measured
        raise InputError(**said("loop_several_faces"))
    return track


@dataclass(frozen=True)
class _Told:
    """Pictures up to an end, with word of how far they are: of the whole way, as no film is entered amid it.

    ``shares``: what of the work was done before, and how much of it this is.
    """

    source: FrameSource
    stop_s: float
    report: Callable[[float], None]
    shares: tuple[float, float]

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``."""
        for frame in self.source.frames(0.0, stop_s):
            self.report(self.shares[0] + self.shares[1] * min(1.0, frame.time_s / max(self.stop_s, 0.1)))
            if frame.time_s >= start_s:
                yield frame
