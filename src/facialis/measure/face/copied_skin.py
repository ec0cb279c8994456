"""Skin that a codec did not renew: pixels that stand still because they were copied, and jump when they are not.

At low rates a codec repeats blocks as they were until the difference is worth its bits. A head that sways then seems to
stand, and each block catches up on its own: part of a pixel, on one side of the face, that no muscle made. Skin
in front of a camera with noise is hardly ever the same from picture to picture, so what is the same to the last grey
level was copied. How far such skin may have moved unseen is an error of its displacement.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.numeric.images.agreement import same_share

__all__ = ["Renewal"]

Array = NDArray[np.float64]

_COPIED = 0.9  # real footage as cameras write it: 0.1 - 0.8 of the pixels of skin stay the same, of copied skin all
_UNSEEN_PX = 0.5  # chosen: puppets at crf 26 and 28 that sway by 0.3 px jump by 0.3 - 1.1 px; 0.3 - 1 px
_FADES_S = 0.15  # chosen: what was copied is caught up within so long; 0.1 - 0.3 s
_WINDOW_IOD = 0.3  # as wide as a window of skin, twice its standard deviation on either side
_FINE_PX = 100.0  # chosen: in larger faces every second or third pixel tells as much; 60 - 200


class Renewal:
    """Remembers the picture before, and how much of each window of skin was copied of late."""

    def __init__(self, count: int) -> None:
        self._before: NDArray[np.uint8] | None = None
        self._copied = np.zeros(count)

    def error_px(self, frame: Frame, centres_px: Array, iod_px: float, interval_s: float) -> Array:
        """How far each window may have moved unseen, in pixels of the picture; 0 where the skin is new.

        Parameters
        ----------
        centres_px
            (n, 2) where the windows are in the picture; NaN where that is not known.
        iod_px
            Distance between the eyes in the picture.
        interval_s
            Time since the picture before.
        """
        luma, before = frame.luma, self._before
        self._before = luma
        self._copied *= np.exp(-interval_s / _FADES_S)
        if before is None or before.shape != luma.shape or not np.isfinite(centres_px).all() or not iod_px > 0:
            return _UNSEEN_PX * self._copied
        step = max(1, round(iod_px / _FINE_PX))
        half = max(2, round(_WINDOW_IOD * iod_px / 2))
        share = same_share(luma, before, centres_px, half, step)
        copied = np.clip((share - _COPIED) / (1.0 - _COPIED), 0.0, 1.0)
        self._copied = np.maximum(self._copied, copied)
        return np.asarray(_UNSEEN_PX * self._copied)
