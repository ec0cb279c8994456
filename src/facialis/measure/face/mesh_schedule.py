"""When the mesh has to look, and what its readings are in between.

The network costs more than all else together, and a face at rest does not change. So it looks now and then, and at
every picture in which something has happened that it has to judge: eyes that look different, a head that moves, skin
that no longer fits. What it reads (eye opening, turn of the head, place and size of the face) follows straight lines
from look to look; shift, tilt and distance of the head come from rigid skin in every picture.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.measure.face.follower import GOOD_MATCH, Step
from facialis.measure.face.mesh import Mesh
from facialis.measure.face.raster import eye_aperture_iod, interocular_px, pose_of
from facialis.numeric.images.similarity import Similarity

__all__ = ["Attention", "Readings"]

Array = NDArray[np.float64]

_EYES = 0.03  # real footage: lids that move by 0.03 IOD change 0.04 - 0.5 of an eye's looks, quiet ones 0.0002 - 0.01
_EYES_NOISE = 4.0  # chosen: or this often what changes from picture to picture anyway (a dark, noisy camera); 3 - 6
_EYES_MOST = 0.06  # chosen: but no more, since in a face that always moves much changes; 0.04 - 0.08
_EYES_FOLLOW = 0.03  # chosen: share a picture by which that usual change follows; 0.01 - 0.1
_HEAD_PX = 6.0  # chosen: 0.06 IOD, which a turn of about two degrees makes; 3 - 10 px
_RECENT_S = 0.07  # chosen: a straight line from a look this recent is near enough, one picture at 30 Hz; 0.04 - 0.1 s
_RIGID_FALL = 0.1  # chosen: rigid skin that fits worse by this may be no face any more; 0.05 - 0.2


class Attention:
    """Decides whether the mesh looks at a picture.

    Parameters
    ----------
    pace_s
        The longest time between two looks; 0: every picture.
    """

    def __init__(self, pace_s: float) -> None:
        self._pace_s = pace_s
        self._looked_s = -np.inf
        self._then: Step | None = None
        self._eyes_moved = False
        self._before: Step | None = None
        self._usual = 0.0

    def due(self, time_s: float) -> bool:
        """Whether it is time to look, whatever the pixels say."""
        return self._then is None or time_s - self._looked_s >= self._pace_s

    def called(self, step: Step) -> bool:
        """Whether something in a picture has changed since the last look, or an eye had in the picture before."""
        then = self._then
        return then is None or self._eyes_moved or self._eyes_changed(step, then) or _head_changed(step, then)

    def looks_back(self, time_s: float) -> bool:
        """Whether the picture before one that called has to be seen as well, for a straight line to begin there."""
        return time_s - self._looked_s > _RECENT_S

    def took(self, time_s: float, step: Step | None, looked: bool) -> None:
        """What a picture gave in the end (None: no face), and whether the mesh has looked at it."""
        if step is not None and self._before is not None:
            # A running median: up by a little where more has changed, down where less.
            change, least = _eyes_by(step, self._before), _EYES / _EYES_NOISE / 2
            self._usual = max(self._usual, least) * (1.0 + _EYES_FOLLOW * float(np.sign(change - self._usual)))
        self._before = step
        if looked:
            # Where a lid turns round it hardly moves: the picture after a movement is looked at too.
            then = self._then
            self._eyes_moved = step is not None and then is not None and self._eyes_changed(step, then)
            self._looked_s, self._then = time_s, step

    def _eyes_changed(self, step: Step, then: Step) -> bool:
        return _eyes_by(step, then) > min(max(_EYES, _EYES_NOISE * self._usual), _EYES_MOST)


def _eyes_by(step: Step, then: Step) -> float:
    """How differently the eye that has changed more looks, 0-2: one less the correlation."""
    return 1.0 - float((step.eyes * then.eyes).sum(1).min())


def _head_changed(step: Step, then: Step) -> bool:
    return step.rigid_match < max(then.rigid_match - _RIGID_FALL, GOOD_MATCH) or step.moved_px(then.exact) > _HEAD_PX


class Readings:
    """What the mesh read at its looks, in the raster of the face, so that it can be carried to other pictures."""

    def __init__(self) -> None:
        self._at: list[int] = []
        self._rows: list[Array] = []

    def add(self, index: int, mesh: Mesh, exact: Similarity) -> None:
        """The mesh of the picture of this number, and the warp of that picture."""
        pose = pose_of(mesh)
        xy = mesh.points_px[:, :2]
        low, high = xy.min(0), xy.max(0)
        middle = exact.of(((low + high) / 2)[None])[0]
        tilt_deg = np.degrees(np.angle(exact.turn))
        self._at.append(index)
        self._rows.append(
            np.array(
                [
                    *eye_aperture_iod(mesh),
                    pose.yaw_deg,
                    pose.pitch_deg,
                    pose.roll_deg + tilt_deg,
                    mesh.presence,
                    interocular_px(mesh) * exact.scale,
                    *middle,
                    *((high - low) / 2 * exact.scale),
                ]
            )
        )

    def between(self, time_s: Array, turn: NDArray[np.complex128], shift: NDArray[np.complex128]) -> dict[str, Array]:
        """Readings at all pictures, NaN where ``turn`` and ``shift`` of the warp are: there was no face.

        ``aperture`` (n, 2), ``pose`` (n, 3), ``presence`` (n,), ``iod`` (n,), ``box`` (n, 4). Within a run of pictures
        without a gap they follow straight lines from look to look, and stay after the last one.
        """
        n = len(time_s)
        at, seen = np.array(self._at, dtype=np.int64), np.isfinite(turn)
        values = np.full((n, 11), np.nan)
        rows = np.array(self._rows).reshape(-1, 11)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            first, last = np.searchsorted(at, [start, stop])
            if first == last:
                continue
            for column in range(values.shape[1]):
                values[start:stop, column] = np.interp(
                    time_s[start:stop], time_s[at[first:last]], rows[first:last, column]
                )
        turn, scale = np.where(seen, turn, 1.0), np.where(seen, np.abs(turn), np.nan)
        roll = values[:, 4] - np.degrees(np.angle(turn))
        middle = (values[:, 7] + 1j * values[:, 8] - shift) / turn
        half = values[:, 9:] / scale[:, None]
        centre = np.stack([middle.real, middle.imag], 1)
        return {
            "aperture": values[:, :2],
            "pose": np.stack([values[:, 2], values[:, 3], (roll + 180.0) % 360.0 - 180.0], 1),
            "presence": values[:, 5],
            "iod": values[:, 6] / scale,
            "box": np.concatenate([centre - half, centre + half], axis=1),
        }
