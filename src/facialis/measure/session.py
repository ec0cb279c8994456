"""One recording → one session: the whole way, in order."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from facialis.core.errors import FaceError
from facialis.core.messages import said
from facialis.core.occasion import Told, occasion_of
from facialis.core.records import Block, Frame, Measure, Provenance, Session
from facialis.core.revision import MEASUREMENT_REVISION, data_sha256
from facialis.core.settings import Settings, detector_name
from facialis.core.version import __version__
from facialis.film.sources import TurnedSource
from facialis.film.video import FrameSource, VideoFile, as_seen
from facialis.measure.events.decision import detect
from facialis.measure.face.mesh import MODEL_SHA256, FaceBox, FaceMesh, MeshBackend, PacedMesh
from facialis.measure.face.motion import Sighting, Tracked, prepare, track_motion
from facialis.measure.limits import detection_limits
from facialis.measure.measures import session_measures
from facialis.measure.quality import maybe_picture, quality_findings, usable_s
from facialis.measure.rest import rest_of, told_s

__all__ = ["measure_recording", "measure_source", "nothing_told", "provenance"]

Progress = Callable[[str, float], None]

_LIBRARIES = ("numpy", "numba", "scipy", "av", "ai-edge-litert", "opencv-python-headless")
_TRIES = 12  # chosen: pictures in which a face on its head is looked for; 5 - 50
_TRY_S = 0.2  # chosen: and how far apart they are at least; 0.1 - 1 s
_STEADIER = 1.5  # chosen: another face is followed instead only if clearly larger and longer there; 1.2 - 2


def provenance(settings: Settings) -> Provenance:
    """Versions, revision, settings and checksums of what is measured with these settings now."""
    libraries = {name: version(name) for name in _LIBRARIES}
    libraries["python"] = platform.python_version()
    return Provenance(
        facialis_version=__version__,
        settings_fingerprint=settings.fingerprint(),
        model_sha256=MODEL_SHA256,
        revision=MEASUREMENT_REVISION,
        data_sha256=data_sha256(),
        libraries=libraries,
        settings=asdict(settings),
    )


def measure_recording(
    path: Path | str,
    settings: Settings | None = None,
    *,
    blocks: Sequence[Block] = (),
    told: Told | None = None,
    progress: Progress | None = None,
) -> Session:
    """Measure a video file: find the face, its motion, the events in it and the limit of what could have been seen.

    Parameters
    ----------
    path
        The recording: MP4, MOV, M4V, WebM, MKV, AVI, MPG, FLV or GIF, recognised by content.
    settings
        What can be set of a measurement; None: the defaults.
    blocks
        Parts of the recording protocol (rest, speech, …), in seconds from the first frame.
    told
        What you know of the recording besides: its day, whether it is mirrored, why it was filmed, the time zone.
    progress
        Called a few times per second with the stage and the fraction of it done (0–1).

    Returns
    -------
    Session
        Events, measures, detection limits and findings; its ``motion`` holds the signals (time, side, region,
        direction) as fractions of the interocular distance.

    Raises
    ------
    VideoError
        The file cannot be read as a video, or lies outside the limits.
    FaceError
        ``no_face``; ``face_lost``: less than a second of it; ``several_faces``: one was asked for that is not there.

    Notes
    -----
    Times are seconds from the first frame's own time stamp, so a variable frame rate does no harm. A face that leaves
    is a gap (NaN), never a guess. Below 24 frames per second short twitches fall between frames; the findings say
    so. A quiet recording does not mean that the face is healthy: the detection limits say how small a twitch could have
    been seen.

    Source
    ------
    The method, with its sources: ``docs/reference/method.md``.

    Examples
    --------
    >>> session = measure_recording("my-face.mp4")  # doctest: +SKIP
    >>> session.measure("twitch_rate_per_min").value  # doctest: +SKIP
    4.2
    """
    settings = settings or Settings()
    with VideoFile(Path(path), settings.limits) as source:
        return measure_source(source, settings, blocks=blocks, told=told, progress=progress)


def measure_source(
    source: FrameSource,
    settings: Settings | None = None,
    *,
    blocks: Sequence[Block] = (),
    told: Told | None = None,
    progress: Progress | None = None,
    backend: Callable[[FaceBox | None], MeshBackend] | None = None,
) -> Session:
    """Measure anything that gives frames, as `measure_recording` measures a file.

    Parameters
    ----------
    source
        Upright frames in order of time. It is read once, and a second time where a face was asked for or where another
        face turns out larger and visible for longer; twice more where no face is found but one that stands on its head.
    settings
        What can be set of a measurement; None: the defaults. Its decoding limits belong to the source and do nothing
        here.
    blocks
        Parts of the recording protocol, in seconds from the first frame.
    told
        What the person says of the recording: its day, whether it is mirrored, why it was filmed, the time zone.
    progress
        Called with the stage and the fraction of it done (0–1) at the ends of each stage, and at every tenth frame if
        the source declares how long it is.
    backend
        Makes a mesh that follows the face it is given, or the largest if it is given None; None: the face mesh on
        LiteRT.

    Returns
    -------
    Session
        Events, measures, detection limits and findings; times in seconds, sizes in IOD (fractions of the interocular
        distance). Its ``motion`` holds the signals (time, side, region, direction), its ``track`` the place of the
        face.

    Raises
    ------
    FaceError
        ``no_face``; ``face_lost``: never a whole second of it without a break; ``several_faces``: one was asked for
        that is not there.
    VideoError
        From the source, also in the middle of a pass.

    Notes
    -----
    A frame without the face is a gap (NaN) and counts neither as usable time nor as rest. Frames may come at any rate,
    even a variable one: see `facialis.measure.events.evidence.stretches`. The provenance names the face mesh of this
    installation, even where ``backend`` is another one. A session without events does not mean that nothing twitched:
    see its detection limits.

    Source
    ------
    ``docs/reference/method.md``, all chapters.

    Examples
    --------
    >>> session = measure_source(FrameList(frames))  # doctest: +SKIP
    """
    settings, told = settings or Settings(), told or Told()
    make = backend or FaceMesh
    tell = progress or _silent
    pictures = as_seen(source, mirrored=told.mirrored)
    tell("preparing", 0.0)
    prepare()
    start: FaceBox | None = None
    if settings.face.choice != "largest":
        start = _asked_for(pictures, make, int(settings.face.choice), tell, from_right=told.mirrored)
    tracked = track_motion(_counted(pictures, "measuring", tell), make(start))
    if settings.face.choice == "largest":
        other = _steadier_face(tracked)
        if other is not None:
            tracked = track_motion(_counted(pictures, "measuring the larger face", tell), make(other))
    turned = start is None and not np.any(tracked.motion.quality > 0) and _upside_down(pictures, make)
    if turned:
        turned_source = as_seen(source, mirrored=told.mirrored, upside_down=True)
        tracked = track_motion(_counted(turned_source, "measuring the film turned round", tell), make(None))
    if not np.any(tracked.motion.quality > 0):
        raise FaceError(**said("no_face"), code="no_face")
    tell("finding events", 0.0)
    found = detect(tracked.motion, settings.events, detector_name(settings))
    if not found.stretches:
        raise FaceError(**said("face_lost"), code="face_lost")
    recording = TurnedSource(source).recording if turned else source.recording
    limits = detection_limits(found)
    tell("finding events", 0.7)
    measures = session_measures(found, blocks, limits)
    session = Session(
        recording=recording,
        usable_s=usable_s(found),
        rest_s=told_s(found, rest_of(found, blocks)),
        events=found.events,
        measures=measures,
        limits=limits,
        findings=quality_findings(recording, tracked, found),
        blocks=tuple(blocks),
        provenance=provenance(settings),
        occasion=occasion_of(told, recording.recorded_at, local=recording.recorded_local),
        signals=tracked.motion,
        face=tracked.track,
    )
    tell("finding events", 1.0)
    if tracked.another_from_s is not None:
        return nothing_told(session, "the recording shows two people one after the other")
    if maybe_picture(tracked, found):
        return nothing_told(session, "nothing in the face ever moved: it may be a picture")
    return session


def nothing_told(session: Session, why: str) -> Session:
    """A session of what is not one living person: no number, no event and no limit; its signals stay."""
    withheld = tuple(
        Measure(name=row.name, value=None, unit=row.unit, block=row.block, why_not=row.why_not or why)
        for row in session.measures
    )
    return replace(session, usable_s=0.0, rest_s=0.0, events=(), limits=(), measures=withheld)


def _silent(_stage: str, _share: float) -> None:
    """Takes progress that nobody wants to see."""


def _counted(source: FrameSource, stage: str, tell: Progress) -> Iterator[Frame]:
    declared = source.declared
    tell(stage, 0.0)
    for frame in source.frames():
        yield frame
        if frame.index % 10 == 0:
            if declared.frames:
                tell(stage, min(1.0, (frame.index + 1) / declared.frames))
            elif declared.duration_s:
                tell(stage, min(1.0, frame.time_s / declared.duration_s))
    tell(stage, 1.0)


def _upside_down(source: FrameSource, make: Callable[[FaceBox | None], MeshBackend]) -> bool:
    """Whether a face is clearly seen in most of a few pictures once they are turned by half.

    The mesh finds faces that lie on either side by itself.
    """
    mesh = make(None)
    apart_s = max((source.declared.duration_s or 0.0) / _TRIES, _TRY_S)
    looks = seen = 0
    next_s = 0.0
    for frame in TurnedSource(source).frames():
        if frame.time_s >= next_s:
            next_s = frame.time_s + apart_s
            looks += 1
            seen += mesh.look(frame).mesh is not None
    return seen > looks / 2


def _boxes(sightings: Sequence[Sighting]) -> list[tuple[float, list[FaceBox]]]:
    """Faces seen over time: (share of looks × size, boxes in order of time), one entry a face."""
    tracks: list[list[FaceBox]] = []
    for sighting in sightings:
        for box in sighting.boxes:
            best = max(tracks, key=lambda t: t[-1].overlap(box), default=None)
            if best is not None and best[-1].overlap(box) > 0.1:
                best.append(box)
            else:
                tracks.append([box])
    looks = max(len(sightings), 1)
    return [(len(t) / looks * float(np.median([b.side_px for b in t])), t) for t in tracks]


def _steadier_face(tracked: Tracked) -> FaceBox | None:
    """Another face that should have been followed, None if there is none: larger and longer in the picture."""
    if tracked.track.faces_seen < 2:
        return None
    seen = np.isfinite(tracked.track.box_px[:, 0])
    share = float(seen.mean())
    if not seen.any():
        return None
    followed = tracked.track.box_px[seen]
    centre = np.median((followed[:, :2] + followed[:, 2:]) / 2, axis=0)
    size = float(np.median(followed[:, 2] - followed[:, 0]))
    score, boxes = max(_boxes(tracked.sightings), key=lambda row: row[0])
    here = np.median([[b.x_px, b.y_px] for b in boxes], axis=0)
    if np.linalg.norm(here - centre) < size or score < _STEADIER * share * size:
        return None
    return boxes[len(boxes) // 2]


def _asked_for(
    source: FrameSource,
    make: Callable[[FaceBox | None], MeshBackend],
    number: int,
    tell: Progress,
    *,
    from_right: bool,
) -> FaceBox:
    """The face that was asked for, counted from the left of the film as it is: from the right once it is swapped."""
    mesh = make(None)
    pace_s = mesh.pace_s if isinstance(mesh, PacedMesh) else 0.0
    sightings: list[Sighting] = []
    looked_s = -np.inf
    for frame in _counted(source, "looking for faces", tell):
        if frame.time_s - looked_s < pace_s:
            continue
        looked_s = frame.time_s
        look = mesh.look(frame)
        if look.boxes is not None:
            sightings.append(Sighting(time_s=frame.time_s, boxes=look.boxes))
    steady = [boxes for _, boxes in _boxes(sightings) if len(boxes) >= 0.2 * len(sightings)]
    if not steady:
        raise FaceError(**said("no_steady_face"), code="no_face")
    if number > len(steady):
        raise FaceError(**said("face_number", number=number, count=len(steady)), code="several_faces")
    steady.sort(key=lambda boxes: float(np.median([b.x_px for b in boxes])), reverse=from_right)
    return steady[number - 1][0]
