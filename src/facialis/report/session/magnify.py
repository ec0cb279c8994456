"""The measured motion made larger: displacement of the regions spread over the face, and how much to multiply it by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Motion
from facialis.report.drawing.anatomy import FaceMap, side_index

__all__ = ["Pull", "measured_pull", "shift_px", "spread"]

Array = NDArray[np.float64]

FAITHFUL_IOD = 0.14  # chosen: up to here the film is in proportion, the event itself (TARGET_IOD) above all; 0.13-0.16
LARGEST_IOD = 0.2  # chosen: a magnified film moves no skin further than this; 0.15-0.3
TARGET_IOD = 0.12  # chosen: 8 mm on an adult, plain to see and still without folds in the picture; 0.08-0.16
MOST = 20  # chosen: beyond it the error of the measurement itself would be seen moving; 15-25
LEAST = 1.5  # chosen: a smaller factor cannot be seen and is left out; 1.3-2
SPREAD_IOD = 0.2  # chosen: a little less than between neighbouring regions, so that the field is smooth; 0.15-0.25
STIFFNESS = 0.03  # chosen: neighbours that disagree are smoothed rather than overshot; 0.01-0.1
ERRORS = 2.5  # chosen: smaller motion is noise 19 times in 20 (Rayleigh) and is not magnified; 2-3


@dataclass(frozen=True, kw_only=True)
class Pull:
    """What was measured in one event, relative to where the skin rested (`facialis.report.session.rest`).

    ``displacement_iod`` is (time, side, region, direction) as in `Motion`, zero where nothing was measured; ``factor``
    is the whole number by which a film multiplies it, 1 where the motion is large enough as it is.
    """

    displacement_iod: Array
    factor: int


def measured_pull(motion: Motion, rest: Array, event: Event, chosen: NDArray[np.intp], face: FaceMap) -> Pull:
    """Displacement at the ``chosen`` frames from where the skin rested; what drowns in its error is shrunk."""
    moved = motion.displacement_iod[chosen] - rest[chosen]
    size = np.hypot(moved[..., 0], moved[..., 1])
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = np.clip(1 - (ERRORS * motion.error_iod[chosen] / size) ** 2, 0, 1)
    moved = np.nan_to_num(moved * np.nan_to_num(gain)[..., None])

    own = [r for r, name in enumerate(motion.regions) if face.muscles.get(name, name) in event.regions]
    sides = list(side_index(event.side))
    during = (motion.time_s[chosen] >= event.onset_s) & (motion.time_s[chosen] <= event.offset_s)
    shown = np.hypot(moved[..., 0], moved[..., 1])[:, sides][:, :, own or slice(None)]
    peak = float(shown[during].max()) if during.any() and shown.size else 0.0
    wanted = TARGET_IOD / peak if peak > 0 else 1.0
    factor = 1 if wanted < LEAST else min(MOST, round(wanted))
    if factor > 1:
        # What else moves in the film (a blink) must not tear the face apart: it is bent towards a largest size.
        size = np.hypot(moved[..., 0], moved[..., 1]) * factor
        room = LARGEST_IOD - FAITHFUL_IOD
        bent = FAITHFUL_IOD + room * np.tanh((size - FAITHFUL_IOD) / room)
        moved = moved * np.where(size > FAITHFUL_IOD, bent / np.maximum(size, 1e-9), 1.0)[..., None]
    return Pull(displacement_iod=moved, factor=factor)


def spread(face: FaceMap, regions: tuple[str, ...], points_px: Array) -> Array:
    """Weights (points, side, region, 1) that spread the regions' displacement over points of the raster.

    Gaussian radial basis functions that reproduce what was measured at the regions' own centres (a little smoothed),
    run smoothly between them and fade to zero away from them.
    """
    known = [r for r, name in enumerate(regions) if name in face.centres_px]
    weights = np.zeros((points_px.shape[0], 2, len(regions), 1))
    if known:
        centres = np.concatenate([[face.centres_px[regions[r]][s] for r in known] for s in range(2)])
        among = _bells(face, centres, centres) + STIFFNESS * np.eye(len(centres))
        solved = np.linalg.solve(among, _bells(face, points_px, centres).T).T
        weights[:, :, known, 0] = np.where(np.abs(solved) > 1e-6, solved, 0.0).reshape(-1, 2, len(known))
    return weights


def _bells(face: FaceMap, points_px: Array, centres_px: Array) -> Array:
    away = points_px[:, None, :] - centres_px[None]
    bells = np.exp(-np.sum(away**2, axis=2) / (2 * (SPREAD_IOD * face.iod_px) ** 2))
    return np.asarray(
        np.where(bells > 1e-6, bells, 0.0)
    )  # numbers near the smallest float make products 20 times slower


def shift_px(face: FaceMap, weights: Array, displacement_iod: Array) -> Array:
    """Where the points move: (points, 2), in raster pixels, x to the picture's right and y down."""
    # Lateral is away from the midline: to the picture's left for the person's right side. Up is against y.
    signed = displacement_iod * face.iod_px * np.array([[[-1.0, -1.0]], [[1.0, -1.0]]])
    # Made contiguous, because products of oddly laid out arrays take 30 times as long.
    return np.asarray(weights.reshape(len(weights), -1) @ np.ascontiguousarray(signed).reshape(-1, 2))
