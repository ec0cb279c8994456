"""The head that phantoms are made of: a mesh with muscle shapes, left and right apart. Nobody's face.

Lengths of the mesh are in decimetres, its origin is midway between the eyeballs; x points to the person's left, y up, z
out of the face. Reduced from the MakeHuman base mesh, eyes and skin and from ARKit-named shapes, all CC0: see
``data/head/LICENSE.md``; ``scripts/reduce_head.py`` makes the files.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import data_bytes

__all__ = ["LAYERS", "PEOPLE", "SHAPES", "Head", "Pose", "View", "vertex_normals"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

LAYERS = ("socket", "eye", "mouth", "tooth", "tongue", "skin")
"""From the back to the front: each is drawn wholly before the next, so lids always cover the eye."""

PEOPLE = ("man_a", "woman_a", "woman_b", "man_b")
"""Face shapes that can be had."""

_PIVOT = np.array([0.0, -0.9, -0.85])  # dm; chosen: where the skull sits on the neck, 0.2 dm either way looks the same
_CLOSED = {"man_a": 0.65, "woman_a": 0.70, "woman_b": 0.79, "man_b": 0.64}
# Measured: how far eyeBlink is driven when the last of the eye has gone. The shape was made for wider eyes than these.
_PUPIL_UV = ((0.708, 0.297), (0.291, 0.710))  # read off eye.jpg: the pupils of the right and of the left eye


@cache
def _files() -> dict[str, NDArray[np.generic]]:
    try:
        with np.load(io.BytesIO(data_bytes("head/head.npz"))) as archive:
            return {name: archive[name] for name in archive.files}
    except (OSError, ValueError) as error:
        raise KnowledgeError(f"The data file head/head.npz is broken: {error}.") from error


@dataclass(frozen=True, kw_only=True)
class Pose:
    """How the head is held: see `facialis.core.records.Motion` for the signs of the angles. Shifts in share of IOD."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    x_iod: float = 0.0
    y_iod: float = 0.0
    z_iod: float = 0.0

    def rotation(self) -> Floats:
        """The 3×3 rotation: yaw, then pitch, then roll."""
        yaw, pitch, roll = np.radians([self.yaw_deg, self.pitch_deg, self.roll_deg])
        c, s = np.cos(yaw), np.sin(yaw)
        about_y = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
        c, s = np.cos(pitch), np.sin(pitch)
        about_x = np.array([[1, 0, 0], [0, c, s], [0, -s, c]])
        c, s = np.cos(roll), np.sin(roll)
        about_z = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
        return np.asarray(about_z @ about_x @ about_y, dtype=np.float64)


@dataclass(frozen=True, kw_only=True)
class View:
    """A pinhole camera straight before the resting face.

    ``iod_px`` is the distance of the two pupils in the picture when the head is at rest and looks straight ahead;
    ``distance_iod`` is how far the camera stands, in the same unit (12 is about 0.7 m). Pixel centres have
    whole-numbered coordinates.
    """

    width_px: int
    height_px: int
    iod_px: float
    distance_iod: float = 12.0
    centre_x: float = 0.5
    centre_y: float = 0.43

    def project(self, points: Floats, head: Head) -> Floats:
        """Picture coordinates in pixels of points in the camera's frame, (..., 3) to (..., 2)."""
        distance = self.distance_iod * head.iod + head.pupil_depth
        scale = self.iod_px * self.distance_iod / (distance - points[..., 2])
        x = self.centre_x * self.width_px - 0.5 + points[..., 0] * scale
        y = self.centre_y * self.height_px - 0.5 - points[..., 1] * scale
        return np.stack([x, y], axis=-1)


def vertex_normals(points: Floats, triangles: Ints) -> Floats:
    """Unit normals of the vertices of a mesh, weighted by the area of the triangles around each."""
    a, b, c = points[triangles[:, 0]], points[triangles[:, 1]], points[triangles[:, 2]]
    flat = np.cross(b - a, c - a)
    rows = triangles.ravel()
    out = np.empty_like(points)
    for axis in range(3):
        out[:, axis] = np.bincount(rows, np.repeat(flat[:, axis], 3), len(points))
    return np.asarray(out / (np.linalg.norm(out, axis=1, keepdims=True) + 1e-12), dtype=np.float64)


class Head:
    """One person's head.

    Vertices of skin, mouth and teeth come first, those of the eyeballs after them, in one array; so do triangles.

    Parameters
    ----------
    person
        One of `PEOPLE`.
    """

    def __init__(self, person: str = "man_a") -> None:
        files = _files()
        which = PEOPLE.index(person)
        self.person = person
        self._neutral = files["vertices"].astype(np.float64) + files["person_delta"][which].astype(np.float64)
        self.eye_centres = files["eye_centres"][which].astype(np.float64)
        self._eye_offsets = files["eye_offsets"][which].astype(np.float64)
        self._eye_side = files["eye_is_left"].astype(np.int64)
        eye = files["eye_triangles"].astype(np.int64)
        self.eye_uv: Floats = files["eye_uv"].astype(np.float64)[files["eye_corners"].astype(np.int64)]
        self._pupil_offsets = _pupils(self._eye_offsets, eye, self.eye_uv)
        between = self.pupils(np.zeros(2))
        offsets = self._eye_offsets
        self.eye_normals: Floats = offsets / np.linalg.norm(offsets, axis=1, keepdims=True)
        """Directions from the centre of each eyeball to its vertices when the eyes look straight ahead."""
        self.iod = float(np.linalg.norm(between[1] - between[0]))
        """Distance of the pupils, looking straight ahead, in decimetres: the unit of what ends in ``_iod``."""
        self.pupil_depth = float(between[:, 2].mean())
        skin = files["triangles"].astype(np.int64)
        self.skin_vertices = len(self._neutral)
        self.triangles: Ints = np.concatenate([skin, eye + self.skin_vertices])
        self.layer: Ints = np.concatenate(
            [files["layer"].astype(np.int64), np.full(len(eye), LAYERS.index("eye"), np.int64)]
        )
        self.skin_uv_px: Floats = files["uv_px"].astype(np.float64)[files["corners"].astype(np.int64)]
        self.on_skin: Bools = np.zeros(self.skin_vertices, bool)
        self.on_skin[skin[files["layer"] == LAYERS.index("skin")].ravel()] = True
        for layer in ("socket", "mouth"):
            self.on_skin[skin[files["layer"] == LAYERS.index(layer)].ravel()] = False
        stops = files["shape_stops"].astype(np.int64)
        self._shapes: dict[str, tuple[Ints, Floats]] = {}
        for k, name in enumerate(files["shapes"]):
            rows = slice(int(stops[k]), int(stops[k + 1]))
            self._shapes[str(name)] = (
                files["shape_index"][rows].astype(np.int64),
                files["shape_delta"][rows].astype(np.float64),
            )

    def points(self, shapes: Mapping[str, float], gaze_deg: Floats | None = None) -> Floats:
        """All vertices of the head at rest pose with muscle shapes at work.

        Parameters
        ----------
        shapes
            How far each shape of `SHAPES` is driven; 1 is all the way (for ``eyeBlink``: until the eye is just closed).
        gaze_deg
            (2,) turn of both eyeballs to the person's left and upwards.

        Returns
        -------
        Floats
            (vertices, 3) in decimetres.
        """
        skin = self._neutral.copy()
        for name, weight in shapes.items():
            if weight:
                rows, delta = self._shapes[name]
                if name.startswith("eyeBlink"):
                    weight *= _CLOSED[self.person]
                skin[rows] += weight * delta
        offsets = self._eye_offsets
        if gaze_deg is not None:
            turn = Pose(yaw_deg=float(gaze_deg[0]), pitch_deg=float(gaze_deg[1])).rotation()
            offsets = offsets @ turn.T
        return np.concatenate([skin, self.eye_centres[self._eye_side] + offsets])

    def pupils(self, gaze_deg: Floats) -> Floats:
        """(2, 3) centres of the right and the left pupil of the resting head, in decimetres."""
        turn = Pose(yaw_deg=float(gaze_deg[0]), pitch_deg=float(gaze_deg[1])).rotation()
        return np.asarray(self.eye_centres + self._pupil_offsets @ turn.T, dtype=np.float64)

    def posed(self, points: Floats, pose: Pose) -> Floats:
        """Points of the head turned about the neck and shifted, in the camera's frame."""
        shift = np.array([pose.x_iod, pose.y_iod, pose.z_iod]) * self.iod
        return np.asarray((points - _PIVOT) @ pose.rotation().T + _PIVOT + shift, dtype=np.float64)


def _pupils(offsets: Floats, triangles: Ints, uv: Floats) -> Floats:
    """(2, 3) place of the right and left pupil from the centres of their eyeballs, where the texture has them."""
    rows, first = np.unique(triangles.ravel(), return_index=True)
    place = uv.reshape(-1, 2)[first]
    out = np.empty((2, 3))
    for side, centre in enumerate(_PUPIL_UV):
        away = place - centre
        near = np.linalg.norm(away, axis=1) < 0.12  # the iris; there the eye is a smooth function of the texture
        terms = np.column_stack([np.ones(near.sum()), away[near], (away[near] ** 2).sum(1)])
        out[side] = np.linalg.lstsq(terms, offsets[rows[near]], rcond=None)[0][0]
    return out


SHAPES: tuple[str, ...] = (
    *(
        f"{stem}{side}"
        for stem in (
            "eyeBlink",
            "eyeSquint",
            "eyeWide",
            "cheekSquint",
            "mouthSmile",
            "mouthUpperUp",
            "noseSneer",
            "browDown",
            "browOuterUp",
            "mouthFrown",
            "mouthPress",
            "mouthDimple",
            "mouthStretch",
            "mouthLowerDown",
            "eyeLookDown",
            "eyeLookUp",
            "eyeLookIn",
            "eyeLookOut",
            "browInnerUp",
            "chinRaise",
        )
        for side in ("Left", "Right")
    ),
    "browInnerUp",
    "mouthPucker",
    "mouthFunnel",
    "mouthClose",
    "jawOpen",
    "mouthLeft",
    "mouthRight",
    "cheekPuff",
    "mouthShrugUpper",
    "viseme_aa",
    "viseme_E",
    "viseme_O",
    "viseme_PP",
    "viseme_FF",
    "viseme_DD",
    "viseme_SS",
)
"""Muscle shapes of the head, named as in ARKit; ``Left`` and ``Right`` are the person's own."""
