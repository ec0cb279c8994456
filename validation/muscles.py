"""Muscles as vectors from bone to skin: how far each corner of the face's sheet is drawn when one contracts.

Waters 1987, "A muscle model for animating three-dimensional facial expression" (doi:10.1145/37402.37405): a linear
muscle draws skin towards its attachment, most at its insertion, less with the angle to its axis and the distance from
it; a sphincter closes round its centre. Where muscles attach is from Gray's Anatomy, chapter Face and Scalp.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from facialis.measure.regions import mirror, template
from validation.surface import EYES, POINTS, sheet

__all__ = ["PATTERNS", "drawn", "on_picture", "regions_of"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class _Vector:
    """A linear muscle of the right side by mesh points: ``bone`` to ``skin``; reach in IOD, half angle in degrees."""

    bone: int
    skin: int
    reach_iod: float
    angle_deg: float
    weight: float = 1.0


# Right-hand mesh points (Face Mesh V2). Reaches and angles are chosen by eye; half and double still look like a twitch.
_VECTORS: Mapping[str, tuple[_Vector, ...]] = MappingProxyType(
    {
        "zygomaticus": (
            _Vector(bone=116, skin=61, reach_iod=0.75, angle_deg=35),
            _Vector(bone=117, skin=40, reach_iod=0.60, angle_deg=25, weight=0.5),
        ),
        "levator_labii": (_Vector(bone=119, skin=40, reach_iod=0.55, angle_deg=35),),
        "frontalis": (
            _Vector(bone=67, skin=105, reach_iod=0.45, angle_deg=40),
            _Vector(bone=54, skin=70, reach_iod=0.40, angle_deg=35, weight=0.8),
        ),
        "corrugator": (_Vector(bone=193, skin=66, reach_iod=0.40, angle_deg=40),),
        "platysma": (
            _Vector(bone=172, skin=61, reach_iod=0.60, angle_deg=35, weight=0.8),
            _Vector(bone=136, skin=91, reach_iod=0.60, angle_deg=35),
        ),
        "mentalis": (_Vector(bone=18, skin=32, reach_iod=0.40, angle_deg=50),),
    }
)
_RIM = 2.7  # of the orbit, where the eye's sphincter ends, in half axes of the eye; chosen: 2.2 - 3.2

_MIDLINE_IOD = 0.12  # chosen: over which movement dies away towards the midline; 0.05 - 0.2

PATTERNS: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "lids": {"oculi": 1.0},
        "lower_lid": {"lower_lid": 1.0},
        "lids_cheek": {"oculi": 1.0, "zygomaticus": 0.5},
        "lids_cheek_mouth": {"oculi": 1.0, "zygomaticus": 1.0, "levator_labii": 0.5},
        "mouth": {"zygomaticus": 1.0, "levator_labii": 0.4},
        "lids_brow_up": {"oculi": 1.0, "frontalis": 0.8},
        "all": {"oculi": 1.0, "zygomaticus": 0.9, "levator_labii": 0.5, "corrugator": 0.4, "platysma": 0.5},
    }
)
"""Which muscles contract together, with their weights: what a trial puts in."""

_REGION_NAMES: Mapping[str, str] = MappingProxyType({"oculi": "orbicularis_oculi", "lower_lid": "orbicularis_oculi"})


@cache
def _sheet_iod() -> Array:
    """The template's corners (n, 2) in IOD, x to the person's left, y down."""
    return sheet(template()[:, :2])


def _linear(vector: _Vector) -> Array:
    at = _sheet_iod()
    bone, skin = at[vector.bone], at[vector.skin]
    length = float(np.linalg.norm(skin - bone))
    away = at - bone
    distance = np.linalg.norm(away, axis=1)
    cosine = away @ (skin - bone) / np.maximum(distance * length, 1e-9)
    angle = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    across = np.where(angle < vector.angle_deg, np.cos(np.pi / 2 * angle / vector.angle_deg), 0.0)
    # Grows from the bone to the insertion, dies away beyond it.
    along = np.where(
        distance < length,
        np.sin(np.pi / 2 * distance / length),
        np.cos(np.pi / 2 * np.clip((distance - length) / (vector.reach_iod * 0.6), 0, 1)),
    )
    unit = -away / np.maximum(distance, 1e-9)[:, None]
    return np.asarray(vector.weight * (across * along)[:, None] * unit)


def _sphincter(*, lower_only: bool) -> Array:
    """The ring round the right eye: upper lid down, lower lid up, outer corner inwards."""
    at = _sheet_iod()
    margin = at[list(EYES[0])]
    centre = (margin[0] + margin[8]) / 2
    half = np.array([np.ptp(margin[:, 0]), 0.75 * np.ptp(margin[:, 0])]) / 2
    x, y = ((at - centre) / half).T
    radius = np.hypot(x, y)
    strength = np.cos(np.pi / 2 * np.clip((radius - 0.6) / (_RIM - 0.6), 0, 1)) ** 2
    below = np.tanh(3.0 * y)  # 1 below the seam of the lids, -1 above
    down = np.where(below < 0, -0.9 * below, -below) * strength
    inwards = 0.35 * np.clip(-x, 0, 1.5) * strength  # the right eye's outer corner is at negative x
    out = np.stack([inwards, down], 1)
    if lower_only:
        out *= (np.clip(below, 0, 1) * (radius < _RIM * 0.75))[:, None]
        out *= np.cos(np.pi / 2 * np.clip((radius - 0.6) / (_RIM * 0.75 - 0.6), 0, 1))[:, None]
    return out


@cache
def drawn(pattern: str, side: str) -> Array:
    """Displacement of every corner (n, 2) in the plane of the face; the corner that moves most moves by 1.

    ``pattern`` is one of `PATTERNS`.
    """
    total = np.zeros_like(_sheet_iod())
    for muscle, weight in PATTERNS[pattern].items():
        if muscle in ("oculi", "lower_lid"):
            field = _sphincter(lower_only=muscle == "lower_lid")
        else:
            field = sum((_linear(vector) for vector in _VECTORS[muscle]), np.zeros_like(total))
        total += weight * field / np.linalg.norm(field, axis=1).max()
    # Dies away towards the midline: the other side stands still, whatever the muscles' reach.
    total *= np.clip(-_sheet_iod()[:, :1] / _MIDLINE_IOD, 0, 1)
    total[POINTS:] = 0.0
    total[468:POINTS] = 0.0  # eyeballs stand still
    for eye in EYES[1:]:
        total[list(eye)] = 0.0  # and so does the other eye
    if side == "left":
        swapped = total.copy()
        swapped[:POINTS] = total[mirror()]
        total = swapped * [-1.0, 1.0]
    total /= np.linalg.norm(total, axis=1).max()
    return np.asarray(total)


def regions_of(pattern: str) -> tuple[str, ...]:
    """The muscles' names as `facialis` uses them."""
    return tuple(dict.fromkeys(_REGION_NAMES.get(muscle, muscle) for muscle in PATTERNS[pattern]))


def on_picture(field: Array, corners_px: Array, size_iod: float, iod_px: float) -> Array:
    """A field of the face's plane (n, 2) as it is seen in a picture: turned and foreshortened with the face.

    The corner that moves most then moves by exactly ``size_iod`` of the interocular distance in the picture.
    """
    # The affine map of the face's plane into this picture, by least squares over its rigid half.
    at = np.concatenate([_sheet_iod()[:POINTS], np.ones((POINTS, 1))], 1)
    upper = at[:, 1] < 0.5
    matrix = np.linalg.lstsq(at[upper], corners_px[:POINTS][upper, :2], rcond=None)[0][:2]
    seen = field @ matrix
    most = float(np.linalg.norm(seen, axis=1).max())
    return np.asarray(seen * (size_iod * iod_px / most if most > 0 else 0.0))
