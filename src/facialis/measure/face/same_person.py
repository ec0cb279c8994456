"""Whether it is one person from first to last: somebody who sits down in another's place has another skull.

How far apart the eyes, the bridge and tip of the nose, the temples and the forehead lie differs between people by more
than it changes in one who smiles or speaks. So what the mesh says of them before a moment is held against what it says
after it: a change far beyond what either stretch shows by itself is another person.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.measure.face.mesh import Mesh
from facialis.measure.face.raster import pose_of
from facialis.measure.regions import template

__all__ = ["Likeness"]

Array = NDArray[np.float64]

# Corners of the eyes, bridge and tip of the nose, temples, forehead (Face Mesh V2): what no smile moves far.
_BONES = (33, 133, 362, 263, 168, 6, 197, 195, 4, 1, 2, 127, 356, 162, 389, 10, 9, 151, 21, 251)
_BIN_S = 0.5  # chosen: looks so near to one another count as one; 0.3 - 1 s
_SIDE = 8  # chosen: so many such looks on either side of a moment are compared, where there are as many; 6 - 12
_LEAST = 3  # chosen: and no fewer, so that one bad mesh is no person; 3 - 5
_OTHER = 0.0055  # of the face's size: one person within 0.005 (18 films, one turns by 20 degrees), two 0.004 - 0.012
_TIMES = 2.0  # chosen: times what either stretch changes by itself; 2 - 3
_RULE = 0.75  # chosen: so many of its looks change by no more; 0.7 - 0.8
_TURNED_DEG = 15.0  # chosen: a head that turns by more than this has another mesh by itself; 10 - 20


class Likeness:
    """Gathers what the mesh reads, and says in the end from when on it was another person."""

    def __init__(self) -> None:
        self._bins: dict[int, list[tuple[Array, float, float]]] = {}

    def add(self, time_s: float, mesh: Mesh) -> None:
        """What the mesh sees at a moment."""
        pose = pose_of(mesh)
        row = (_shape(mesh.points_px), pose.yaw_deg, pose.pitch_deg)
        self._bins.setdefault(int(time_s / _BIN_S), []).append(row)

    def another_from_s(self) -> float | None:
        """When another person came, in seconds to about one; None if it was one all the time, as far as can be told."""
        at = sorted(self._bins)
        shapes = np.array([np.median([row[0] for row in self._bins[k]], axis=0) for k in at])
        turns = np.array([np.median([row[1:] for row in self._bins[k]], axis=0) for k in at])
        most, when = 0.0, None
        for k in range(_LEAST, len(at) - _LEAST + 1):
            parts = (slice(max(0, k - _SIDE), k), slice(k, k + _SIDE))
            before, after = (np.median(shapes[part], axis=0) for part in parts)
            turned = np.ptp(turns[parts[0].start : parts[1].stop], axis=0).max()
            change = _apart(before, after)
            own = max(_spread(shapes[part]) for part in parts)
            if turned < _TURNED_DEG and change > max(_OTHER, _TIMES * own, most):
                most, when = change, at[k] * _BIN_S
        return when


def _shape(points: Array) -> Array:
    """Where the bones lie seen from the front (n, 2), turned to the template, as a share of their size."""
    wanted, found = (rows[list(_BONES)] - rows[list(_BONES)].mean(axis=0) for rows in (template(), points))
    u, _, vt = np.linalg.svd(found.T @ wanted)
    turned = found @ u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt
    return np.asarray(turned[:, :2] / np.linalg.norm(turned))


def _apart(one: Array, other: Array) -> float:
    return float(np.sqrt(((one - other) ** 2).sum(axis=-1).mean()))


def _spread(shapes: Array) -> float:
    """How far looks of one stretch lie from its middle, as a rule."""
    middle = np.median(shapes, axis=0)
    return float(np.quantile([_apart(shape, middle) for shape in shapes], _RULE))
