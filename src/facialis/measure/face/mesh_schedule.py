"""When the mesh has to look, and what its readings are in between.

The network costs more than all else together, and a face at rest does not change. So it looks now and then, and at
every picture in which something has happened that it has to judge: eyes that look different, a head that moves, skin
that no longer fits. In between, pixels say how far each eye has gone from what it looked like at one look to what it
looked like at the next, and its opening is read accordingly; the turn of the head, place and size of the face follow
straight lines from look to look. Shift, tilt and distance of the head come from rigid skin in every picture.
"""

from __future__ import annotations

from array import array

import numpy as np
from numpy.typing import NDArray

from facialis.measure.face.follower import GOOD_MATCH, Step
from facialis.measure.face.mesh import Mesh
from facialis.measure.face.raster import eye_aperture_iod, interocular_px, pose_of
from facialis.numeric.images.similarity import Similarity

__all__ = ["Attention", "Readings"]

Array = NDArray[np.float64]
Eyes = NDArray[np.float32]

_EYES = 0.03  # real footage: lids that move by 0.03 IOD change 0.04 - 0.5 of an eye's looks, quiet ones 0.0002 - 0.01
_EYES_NOISE = 4.0  # chosen: or this often what changes from picture to picture anyway (a dark, noisy camera); 3 - 6
_EYES_MOST = 0.06  # chosen: but no more, since in a face that always moves much changes; 0.04 - 0.08
_EYES_FOLLOW = 0.03  # chosen: share a picture by which that usual change follows; 0.01 - 0.1
_HEAD_PX = 6.0  # chosen: 0.06 IOD, which a turn of about two degrees makes; 3 - 10 px
_RECENT_S = 0.15  # chosen: so soon after a look only a large change calls, since the next look tells of it; 0.1 - 0.2 s
_EYES_RECENT = 0.1  # chosen: such a change of an eye; at 0.2 a blink may turn round unseen, at 0.05 - 0.12 it does not
_HEAD_RECENT_PX = 12.0  # chosen: such a movement of the head, four degrees of a turn; 8 - 18 px
_EYES_ALIKE = 0.02  # chosen: squared difference of two looks below which time says more than pixels; 0.005 - 0.05
_EYES_BEYOND = 0.3  # chosen: an eye may go on a little before it is looked at again, by so much of its way; 0.1 - 1
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
        self._stirs = self._stirred = False  # whether a movement called the look at this picture, and the last one
        self._before: Step | None = None
        self._usual = 0.0

    def due(self, time_s: float) -> bool:
        """Whether it is time to look, whatever the pixels say."""
        return self._then is None or time_s - self._looked_s >= self._pace_s

    def called(self, time_s: float, step: Step) -> bool:
        """Whether something in a picture has changed since the last look so much that a new one is needed."""
        then = self._then
        if then is None or step.rigid_match < max(then.rigid_match - _RIGID_FALL, GOOD_MATCH):
            return True
        eyes, head_px = min(max(_EYES, _EYES_NOISE * self._usual), _EYES_MOST), _HEAD_PX
        if time_s - self._looked_s < _RECENT_S:
            eyes, head_px = max(eyes, _EYES_RECENT), _HEAD_RECENT_PX
        elif self._stirred:
            return True
        stirred = _eyes_by(step, then) > eyes or step.moved_px(then.exact) > head_px
        self._stirs = stirred
        return stirred

    def took(self, time_s: float, step: Step | None, looked: bool) -> None:
        """What a picture gave in the end (None: no face), and whether the mesh has looked at it."""
        if step is not None and self._before is not None:
            # A running median: up by a little where more has changed, down where less.
            change, least = _eyes_by(step, self._before), _EYES / _EYES_NOISE / 2
            self._usual = max(self._usual, least) * (1.0 + _EYES_FOLLOW * float(np.sign(change - self._usual)))
        self._before = step
        if looked:
            self._looked_s, self._then = time_s, step
            # What has moved settles or turns round soon, and then hardly moves: that is looked at as well.
            self._stirred, self._stirs = self._stirs, False


def _eyes_by(step: Step, then: Step) -> float:
    """How differently the eye that has changed more looks, 0-2: one less the correlation."""
    return 1.0 - float((step.eyes * then.eyes).sum(1).min())


class Readings:
    """What the mesh read at its looks, in the raster of the face, so that it can be carried to other pictures."""

    def __init__(self) -> None:
        self._at: list[int] = []
        self._rows: list[Array] = []
        self._eyes: Eyes | None = None  # at the last look
        self._since: list[tuple[int, Eyes]] = []  # pictures after it: no more than come within the pace of the looks
        self._passed, self._went = array("q"), array("d")

    def add(self, index: int, mesh: Mesh, exact: Similarity, eyes: Eyes) -> None:
        """The mesh of the picture of this number, with the warp of that picture and how its eyes look (2, pixels)."""
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
        self._settle(index, eyes)

    def passed(self, index: int, eyes: Eyes) -> None:
        """A picture of the face at which the mesh did not look."""
        if self._eyes is not None:
            self._since.append((index, eyes))

    def lost(self) -> None:
        """The face is gone: nothing leads from the last look to the next one."""
        self._eyes = None
        self._since.clear()

    def _settle(self, index: int, eyes: Eyes) -> None:
        """How far the eyes had gone, in pictures between two looks, from the one look to the other."""
        before, since = self._eyes, [(at, seen) for at, seen in self._since if at != index]
        self._eyes = eyes
        self._since.clear()
        if before is None or not since:
            return
        way = (eyes - before).astype(np.float64)
        long = np.einsum("ep,ep->e", way, way)
        gone = np.einsum("nep,ep->ne", np.array([seen for _, seen in since]) - before, way)
        self._passed.extend(at for at, _ in since)
        # Where an eye looks as before, what is left of the way is noise, and time has to say how much of it is gone.
        even = np.array([(at - self._at[-2]) / (index - self._at[-2]) for at, _ in since])
        gone = (gone + _EYES_ALIKE * even[:, None]) / (long + _EYES_ALIKE)
        self._went.extend(np.clip(gone, -_EYES_BEYOND, 1.0 + _EYES_BEYOND).ravel())

    def between(self, time_s: Array, turn: NDArray[np.complex128], shift: NDArray[np.complex128]) -> dict[str, Array]:
        """Readings at all pictures, NaN where ``turn`` and ``shift`` of the warp are: there was no face.

        ``aperture`` (n, 2), ``pose`` (n, 3), ``presence`` (n,), ``iod`` (n,), ``box`` (n, 4). Within a run of pictures
        without a gap they stay after the last look, and go from look to look before it: the opening of each eye as far
        as it had gone, all else with time.
        """
        n = len(time_s)
        at, seen = np.array(self._at, dtype=np.int64), np.isfinite(turn)
        values = np.full((n, 11), np.nan)
        rows = np.array(self._rows).reshape(-1, 11)
        went = np.full((n, 2), np.nan)
        went[np.array(self._passed, dtype=np.int64)] = np.array(self._went).reshape(-1, 2)
        edges = np.flatnonzero(np.diff(np.concatenate([[False], seen, [False]]).astype(np.int8)))
        for start, stop in zip(edges[::2], edges[1::2], strict=True):
            first, last = np.searchsorted(at, [start, stop])
            if first == last:
                continue
            for column in range(values.shape[1]):
                values[start:stop, column] = np.interp(
                    time_s[start:stop], time_s[at[first:last]], rows[first:last, column]
                )
            passed = start + np.flatnonzero(np.isfinite(went[start:stop, 0]))
            after = np.searchsorted(at, passed)
            known = (after > first) & (after < last)
            passed, after = passed[known], after[known]
            values[passed, :2] = rows[after - 1, :2] + went[passed] * (rows[after, :2] - rows[after - 1, :2])
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
