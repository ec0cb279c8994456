"""When a face is calm and its skin well seen: then little but a twitch moves one side, and less need speak for it.

A face that speaks or turns, and skin that a codec copied and drew anew, move one side as a twitch does. Where there is
neither, what stands out of the noise and has the shape of a twitch is hardly ever anything else.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from facialis.measure.evidence import Stretch, geometry

__all__ = ["calm_times"]

_AROUND_S = 1.0  # chosen: speech seldom pauses for longer between movements of the mouth; 0.7 - 2 s
_STILL_IOD = 0.0025  # chosen: a face at rest stays below, one that speaks above 0.006; 0.002 - 0.003
_CLEAR_IOD = 0.001  # chosen: copied skin has errors of 0.002 and more, a good picture 0.0003; 0.0008 - 0.0015
_UNSEEN_IOD = 0.05  # error of a window that was not seen, see numeric.detection.Noise.hidden_iod


def calm_times(stretch: Stretch, blinking: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Where (time,) a face is calm and well seen.

    Cheek, mouth and brow of the quieter side stay where they lie within a second either way (root mean square about
    the running mean), half of the windows of both sides have a small standard error, and no lid closes
    (``blinking``, time). The side that a spasm moves does not count. It does not mean that the face is relaxed.
    """
    which = geometry()[1]
    skin = np.concatenate([which["mid"], which["mouth"], which["brow"]])
    width = 2 * max(2, round(_AROUND_S * stretch.rate_hz)) + 1
    moved = stretch.moved[:, :, skin]
    away = np.sqrt(((moved - uniform_filter1d(moved, width, axis=0, mode="nearest")) ** 2).mean((2, 3)))
    restless = maximum_filter1d(away, width, axis=0).min(1)
    error = np.median(np.nan_to_num(stretch.error, nan=_UNSEEN_IOD), axis=(1, 2))
    return np.asarray((restless < _STILL_IOD) & (error < _CLEAR_IOD) & ~blinking)
