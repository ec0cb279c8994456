"""When a face is calm and its skin well seen: then little but a twitch moves one side, and less need speak for it.

A face that speaks or turns, lids that follow each other, and skin that a codec copied and then redrew, move one side as
a twitch does. Where there is none of it, what stands out of the noise and has the shape of a twitch is hardly ever
anything else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from facialis.measure.events.evidence import Stretch, geometry

__all__ = ["calm_times"]

Array = NDArray[np.float64]

_AROUND_S = 1.0  # chosen: speech seldom pauses for longer between movements of the mouth; 0.7 - 2 s
_LIDS_S = 0.15  # chosen: lids follow each other, and the gaze, within a tenth of a second, and a margin; 0.1 - 0.3
_STILL_IOD = 0.0025  # chosen: a face at rest stays below, one that speaks above 0.006; 0.002 - 0.003
_CLEAR_IOD = 0.0006  # chosen: a good picture has 0.0003; beyond, noise alone passes more often; 0.0005 - 0.001
_CLOSING = 0.1  # chosen: open eyes vary by 0.03 at rest, and partial blinks close by more than this; 0.07 - 0.2
_HIDDEN = 0.5  # chosen: a side hidden for more than this cannot be judged still; 0.3 - 0.7
_UNSEEN_IOD = 0.05  # error of a window that was not seen, see numeric.signals.detection.Noise.hidden_iod


def calm_times(stretch: Stretch, closed: Array) -> NDArray[np.bool_]:
    """Where (time,) a face is calm and well seen.

    Cheek, mouth and brow of the quieter side stay where they lie within a second either way, and its lids within 0.15 s
    (root mean square, over windows and directions, about the running mean of a second either way); half of the windows
    of both sides have a small standard error; and the eyes do not both close, not even in part, within 0.15 s
    (``closed``, time and side: `.lids.closed_share`). The side that a spasm moves does not count. A
    side that is mostly hidden is not calm. It does not mean that the face is relaxed.
    """
    which = geometry()[1]
    skin = np.concatenate([which["mid"], which["mouth"], which["brow"]])
    around, lids = (2 * max(2, round(reach * stretch.rate_hz)) + 1 for reach in (_AROUND_S, _LIDS_S))
    restless = maximum_filter1d(_away(stretch, skin, around), around, axis=0)
    restless = np.maximum(restless, maximum_filter1d(_away(stretch, which["eye"], around), lids, axis=0)).min(1)
    closing = maximum_filter1d(closed.min(1), lids)
    error = np.median(np.nan_to_num(stretch.error, nan=_UNSEEN_IOD), axis=(1, 2))
    return np.asarray((restless < _STILL_IOD) & (error < _CLEAR_IOD) & (closing < _CLOSING))


def _away(stretch: Stretch, windows: NDArray[np.int64], width: int) -> Array:
    """How far windows of a side are from where they lie around (time, side); infinite where most are hidden."""
    moved = stretch.moved[:, :, windows]
    away = np.sqrt(((moved - uniform_filter1d(moved, width, axis=0, mode="nearest")) ** 2).mean((2, 3)))
    return np.asarray(np.where(stretch.hidden[:, :, windows].mean(2) > _HIDDEN, np.inf, away))
