"""Region motion: how far the skin over each muscle has moved, per picture, from the pixels.

Each region is a window of the stabilised face, measured by Gauss-Newton against a reference that follows light and
pose slowly and never learns where the skin is (so a spasm that holds stays visible). Head motion and lighting are
taken out on rigid skin. The mesh looks when it has to (`facialis.measure.face.mesh_schedule`).
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import FaceTrack, Frame, Motion
from facialis.measure.face.bare_skin import BareSkin
from facialis.measure.face.copied_skin import Renewal
from facialis.measure.face.follower import GOOD_MATCH, Follower, Step
from facialis.measure.face.mesh import FaceBox, Look, Mesh, MeshBackend, PacedMesh
from facialis.measure.face.mesh_schedule import Attention, Readings
from facialis.measure.face.passing import passing
from facialis.measure.face.same_person import Likeness
from facialis.measure.regions import RASTER_IOD_PX, regions, window_index
from facialis.numeric.compiled import undisturbed
from facialis.numeric.images.agreement import mean_difference, mean_grey, same_share
from facialis.numeric.images.registration import LEVELS, Reference, measure_shift
from facialis.numeric.images.similarity import IDENTITY, Similarity, fit_similarity

__all__ = ["Sighting", "Tracked", "prepare", "track_motion"]

Array = NDArray[np.float64]

_LONGEST_S = 0.1  # chosen: a reference learns no more from the first picture after a hole than after this; 0.05 - 0.2 s
_SPARSE = 8  # chosen: every eighth pixel tells whether a picture is the same; 4 - 16
_SAME = 0.02  # chosen: mean difference in grey levels below which no camera made a new picture; 0.005 - 0.05
_REST = 6  # rigid match, mean luma of the face, and the four numbers of the warp
_MOSTLY = (
    0.5  # chosen: a window that lies outside for so much of the time is said to be outside, nothing else; 0.3 - 0.7
)
_LIDS = ("upper_lid", "lower_lid")  # an eye whose lids are not seen has no opening, whatever the mesh makes of it
_GREY = 4  # chosen: every fourth pixel tells how bright a face is; 1 - 8


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Faces found at one moment by the detector, the followed one or not."""

    time_s: float
    boxes: tuple[FaceBox, ...]


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What one pass over a recording gives. Arrays have one entry per frame, in order of time.

    Attributes
    ----------
    motion
        Displacement (time, side, region, direction) in IOD, its standard error, eye opening, pose and quality.
    track
        Where the followed face was, in px of the upright frame.
    sightings
        The faces found whenever the backend looked for them, the followed one among them.
    luma_mean
        Mean luma (time,) of the face's box, 0–255; NaN where there was no face.
    repeated_share
        Share (0–1) of the frames that look the same as the one before: mean difference below 0.02 grey levels.
    outside_share
        Share (side, region) of the frames with a face in which the window lies outside the frame; None if not known.
    covered_share
        The same of windows in which something else than skin was, as a mask; see `facialis.measure.face.bare_skin`.
    another_from_s
        When another person came, in s; None if it was one all the time, as far as can be told.

    Notes
    -----
    A frame without the face has quality 0 and NaN in every signal. A window that does not look like its reference
    (match 0.5 or less) has NaN for its displacement and error in that frame only.
    """

    motion: Motion
    track: FaceTrack
    sightings: tuple[Sighting, ...]
    luma_mean: Array
    repeated_share: float = 0.0
    outside_share: Array | None = None
    covered_share: Array | None = None
    another_from_s: float | None = None


class _Pass:
    """One pass over a recording. A picture costs a few hundred numbers, and is itself kept until the next one."""

    def __init__(self, backend: MeshBackend) -> None:
        self._backend = backend
        self._attention = Attention(backend.pace_s if isinstance(backend, PacedMesh) else 0.0)
        self._follower = Follower()
        self._readings = Readings()
        self._before: Frame | None = None  # the picture before, while the mesh has not looked at it
        self._exact = IDENTITY
        self._looked: Similarity | None = None  # the warp at the last look
        self._eyes = np.zeros((2, 0), np.float32)
        self._box = (0, 0, 0, 0)
        self._picture: NDArray[np.uint8] | None = None
        self._repeated = 0
        self._outside = np.zeros(self._follower.count)
        self._renewal = Renewal(self._follower.count)
        self._bare = BareSkin()
        self._likeness = Likeness()
        self._outline: Array | None = None
        self._sightings: list[Sighting] = []
        # Flat arrays of numbers: an hour of pictures as lists of objects would cost several times the memory.
        self._time_s, self._shift, self._error, self._rest = array("d"), array("d"), array("d"), array("d")
        self._match = array("d")

    def take(self, frame: Frame) -> None:
        """The next picture."""
        follower, attention = self._follower, self._attention
        interval_s = min(frame.time_s - self._time_s[-1], _LONGEST_S) if self._time_s else _LONGEST_S
        look: Look | None = None
        step: Step | None = None
        if not follower.lost:
            step = follower.step(frame)
        if step is None or follower.doubted or attention.due(frame.time_s) or attention.called(frame.time_s, step):
            look = self._look(frame, step.exact if step is not None and step.rigid_match > GOOD_MATCH else None)
        if look is not None:
            if look.mesh is None:
                self._look_back()  # the face may have gone already in the picture before
            step = self._judged(frame, look.mesh, step)
        if step is None:
            self._readings.lost()
        else:
            follower.keep(step, interval_s)
            self._exact, self._eyes = step.exact, step.eyes
            if look is None:
                self._readings.passed(len(self._time_s), step.eyes)
        attention.took(frame.time_s, step, look is not None)
        self._before = frame if look is None else None
        self._count_repeated(frame)
        self._write(frame, step, interval_s)

    def _look(self, frame: Frame, exact: Similarity | None) -> Look:
        """What the mesh sees in a picture, of which rigid skin says the warp, or nothing (None)."""
        backend = self._backend
        if exact is not None and self._looked is not None and isinstance(backend, PacedMesh):
            backend.moved(exact.inverse.after(self._looked))
            self._looked = exact
        look = backend.look(frame)
        if look.boxes is not None:
            self._sightings.append(Sighting(time_s=frame.time_s, boxes=look.boxes))
        return look

    def _judged(self, frame: Frame, mesh: Mesh | None, step: Step | None) -> Step | None:
        """What a picture gave, now that the mesh has looked at it; None if it shows no face."""
        follower = self._follower
        if mesh is None:
            follower.lose()
            self._looked = None
            return None
        if follower.lost:
            step = follower.begin(frame, mesh)
            self._outline = follower.outline if self._outline is None else self._outline
        else:
            assert step is not None
            step = follower.compare(frame, step, mesh)
        self._looked = step.exact
        self._readings.add(len(self._time_s), mesh, step.exact, step.eyes)
        self._likeness.add(frame.time_s, mesh)
        low, high = mesh.points_px[:, :2].min(0), mesh.points_px[:, :2].max(0)
        (x0, y0), (x1, y1) = (np.clip(corner, 0, frame.luma.shape[::-1]) for corner in (low, high))
        self._box = (int(x0), int(y0), int(x1), int(y1))
        return step

    def _look_back(self) -> None:
        """Let the mesh see the picture before as well, if it has not yet."""
        if self._before is None:
            return
        frame, self._before = self._before, None
        mesh = self._look(frame, self._exact).mesh
        if mesh is not None:
            self._readings.add(len(self._time_s) - 1, mesh, self._exact, self._eyes)
        else:
            self._follower.lose()
            self._readings.lost()
            self._shift[-2 * self._follower.count :] = array("d", [np.nan]) * (2 * self._follower.count)
            self._error[-self._follower.count :] = array("d", [np.nan]) * self._follower.count
            self._match[-self._follower.count :] = array("d", [np.nan]) * self._follower.count
            self._rest[-_REST:] = array("d", [np.nan]) * _REST

    def _count_repeated(self, frame: Frame) -> None:
        luma, before = frame.luma, self._picture
        if before is not None and before.shape == luma.shape and mean_difference(luma, before, _SPARSE) < _SAME:
            self._repeated += 1
        self._picture = luma

    def _write(self, frame: Frame, step: Step | None, interval_s: float) -> None:
        self._time_s.append(frame.time_s)
        count = self._follower.count
        if step is None:
            self._shift.extend([np.nan] * (2 * count))
            self._error.extend([np.nan] * count)
            self._match.extend([np.nan] * count)
            self._rest.extend([np.nan] * _REST)
            return
        muscles = step.muscles
        match = muscles.match if self._follower.lost else self._follower.looks_alike(step)
        self._match.frombytes(np.ascontiguousarray(match).tobytes())
        self._outside += step.beyond[:count]
        # Directions are of the person: lateral is away from the midline on both sides, up towards the brow.
        sided = muscles.shift_px.reshape(2, -1, 2) / RASTER_IOD_PX * [1.0, -1.0]
        sided[0, :, 0] *= -1.0
        seen_well = np.where(muscles.match > GOOD_MATCH, 1.0, np.nan)
        self._shift.frombytes((sided.reshape(-1, 2) * seen_well[:, None]).tobytes())
        scale = step.exact.scale  # pixels of the raster per pixel of the picture
        unseen = np.zeros(count)
        if not self._follower.lost:
            self._bare.look(frame, self._follower.centres, step.exact)
            places = step.exact.inverse.of(self._follower.centres)
            unseen = scale * self._renewal.error_px(frame, places, RASTER_IOD_PX / scale, interval_s)
        self._error.frombytes((np.hypot(muscles.error_px, unseen) / RASTER_IOD_PX * seen_well).tobytes())
        turn, shift = step.exact.turn, step.exact.shift
        grey = mean_grey(frame.luma, *self._box, _GREY)
        self._rest.extend([step.rigid_match, grey, turn.real, turn.imag, shift.real, shift.imag])

    def finish(self) -> Tracked:
        """All that was found."""
        if self._before is not None:
            self._look_back()
        n, r = len(self._time_s), len(regions())
        time_s = np.array(self._time_s)
        rest = np.array(self._rest).reshape(n, _REST)
        turn, shift = rest[:, 2] + 1j * rest[:, 3], rest[:, 4] + 1j * rest[:, 5]
        read = self._readings.between(time_s, turn, shift)
        quality = np.where(np.isfinite(rest[:, 0]), np.clip(rest[:, 0] * read["presence"], 0.0, 1.0), 0.0)
        displacement = np.frombuffer(self._shift).reshape(n, 2, r, 2)
        error = np.frombuffer(self._error).reshape(n, 2, r)
        aperture = read["aperture"]
        seen = np.isfinite(rest[:, 0])
        outside = (self._outside / max(int(seen.sum()), 1)).reshape(2, r)
        covered = self._bare.something_else(time_s).reshape(n, 2, r) & (outside < _MOSTLY)
        if covered.any():
            displacement = np.where(covered[..., None], np.nan, displacement)
            error = np.where(covered, np.nan, error)
            aperture = np.where(covered[:, :, window_index(*_LIDS)].all(axis=2), np.nan, aperture)
        hidden = passing(time_s, displacement, np.frombuffer(self._match).reshape(n, 2, r), read["pose"])
        if hidden.any():
            displacement = np.where(hidden[:, :, None, None], np.nan, displacement)
            error = np.where(hidden[:, :, None], np.nan, error)
        motion = Motion(
            time_s=time_s,
            regions=tuple(region.name for region in regions()),
            displacement_iod=displacement,
            error_iod=error,
            aperture_iod=aperture,
            pose_deg=read["pose"],
            quality=quality,
        )
        a, b = rest[:, 2], rest[:, 3]
        track = FaceTrack(
            time_s=time_s,
            to_raster=np.stack([a, -b, rest[:, 4], b, a, rest[:, 5]], axis=1).reshape(n, 2, 3),
            iod_px=read["iod"],
            box_px=read["box"],
            outline_raster=np.zeros((0, 2)) if self._outline is None else self._outline,
            faces_seen=max((len(s.boxes) for s in self._sightings), default=0),
        )
        return Tracked(
            motion=motion,
            track=track,
            sightings=tuple(self._sightings),
            luma_mean=rest[:, 1].copy(),
            repeated_share=self._repeated / max(n - 1, 1),
            outside_share=outside,
            covered_share=covered[seen].mean(axis=0) if seen.any() else np.zeros((2, r)),
            another_from_s=self._likeness.another_from_s(),
        )


def prepare() -> None:
    """Compiles what following a face needs: seconds once on a machine, else some milliseconds."""
    picture = np.zeros((64, 64), np.uint8)
    levels = [np.zeros((64 // step, 64 // step), np.float32) for step in LEVELS]
    middle, still = np.full((3, 2), 32.0), np.zeros((3, 2))
    with undisturbed():  # some seconds in all, so one after the other
        reference = Reference(levels, middle, np.full((3, 2), 8.0))
    with undisturbed():
        reference.learn(levels, still, np.full(3, 0.5))
    with undisturbed():
        measure_shift(reference, levels, still)
    with undisturbed():
        fit_similarity(middle, middle, np.ones(3))
    with undisturbed():
        same_share(picture, picture, middle, 2, 1)
        mean_difference(picture, picture, _SPARSE)
        mean_grey(picture, 0, 0, 64, 64, _GREY)


def track_motion(
    frames: Iterable[Frame], backend: MeshBackend, *, seen: Callable[[Frame], None] | None = None
) -> Tracked:
    """Follow one face through a recording and measure how far the skin of every region has moved.

    Parameters
    ----------
    frames
        Upright frames in order of time: luma (height, width), times in seconds that rise strictly.
    backend
        Finds the face in a frame. One with a pace looks at the frames that need it, any other one at all of them.
    seen
        Called with each frame after it was measured; None: nothing is called.

    Returns
    -------
    Tracked
        Displacement (time, side, region, direction) in IOD, lateral and up as the person moves, with its standard
        error; eye opening in IOD; pose in deg; the place of the face in px; the quality (0–1) of each frame.

    Raises
    ------
    RecordError
        There was no frame, or times do not rise strictly.

    Notes
    -----
    Memory grows only by a few hundred numbers per frame. A frame in which the mesh sees no face is a gap (NaN). The
    displacement starts at zero where a reference begins: at the first frame with the face, after each gap, and where
    mesh and pixels have disagreed in five looks running. Displacement before and after such a moment cannot be
    compared. Nothing is resampled, and no rate is assumed; at a low rate a face may move too far between two frames for
    its windows to be found again, and these are then NaN. Between two looks of the mesh eye opening goes as
    far as the pixels of the eye have gone, yaw and pitch follow straight lines. Displacement is that of skin: it does
    not say which muscle pulled, nor why.

    Source
    ------
    ``docs/reference/method.md``, chapters 2 to 4; Lucas and Kanade 1981; Baker and Matthews 2004,
    doi:10.1023/B:VISI.0000011205.11775.fd.

    Examples
    --------
    >>> tracked = track_motion(source.frames(), FaceMesh())  # doctest: +SKIP
    >>> tracked.motion.displacement_iod.shape  # doctest: +SKIP
    (1800, 2, 15, 2)
    """
    one = _Pass(backend)
    for frame in frames:
        one.take(frame)
        if seen is not None:
            seen(frame)
    return one.finish()
