"""What of the face is bare skin: a mask, a bar, dark glasses, or a tile that stands still are not, from the start on.

What skin looks like differs by light and tone, but hardly within one face: what red it has more than blue, as a share
of its brightness, is nearly the same from forehead to chin. What has another colour, or none, or never changes while
the face goes on, is something else. Hair may have no colour either: where it grows, that alone says nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.regions import RASTER_IOD_PX, groups, regions, window_index
from facialis.numeric.images.similarity import Similarity

__all__ = ["BareSkin"]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

_EVERY_S = 0.5  # chosen: what is there from the start on need not be looked at more often; 0.3 - 1 s
_LOOKS = 20  # chosen: looks judged together, 10 s of them: a hand before the face is no mask; 10 - 40
_GRID = np.linspace(-1.2, 1.2, 5)  # chosen: where a window is looked at, in standard deviations of its weight
_PART = 0.25  # chosen: a window of which more is something else moves as that does; 0.2 - 0.35
_SKIN = 0.7  # chosen: of all places so many may be without colour, and what skin looks like is still known; 0.6 - 0.8
_GREY = 0.05  # chosen: skin of less colour than this is a film without colour, in which it tells nothing; 0.03 - 0.08
_PALE = 0.2  # chosen: of this skin's colour; real faces (17 films) have 0.35 or more in 19 places of 20; 0.1 - 0.25
_FULL = 2.2  # chosen: times this skin's colour, where it is not dark; real faces (17 films) hardly ever 2; 2 - 3
_HUE_DEG = 60.0  # chosen: another hue; of real faces (17 films) 99 places of 100 differ by less than 50; 50 - 80
_COLOURED = 0.5  # chosen: of the colour of skin, with which a hue is known; 0.4 - 0.6
_DARK = 0.15  # chosen: of the brightness of this face's skin, below which there is only black; 0.1 - 0.2
_DIM = 0.4  # chosen: of the brightness of this face's skin, below which a full colour says nothing; 0.3 - 0.5
_FROZEN = 0.95  # chosen: share of pixels the same half a second later; of skin (17 films) at most 0.43; 0.8 - 0.97
_ALIVE = 0.6  # chosen: where as much of the middle window is the same, the camera or the codec stands; 0.5 - 0.7
# Where hair may be, and where none grows beside it: what has no colour is hair unless this has none either.
_HAIRY = ((("mouth", "low", "jaw", "buccal"), ("alar", "cheek", "infraorbital")), (("brow",), ("eye",)))
_WHITE = 250  # grey levels from which pixels stay the same for being too bright; chosen: 245 - 254


class BareSkin:
    """Looks at every window now and then, and says in the end which of them were something else than skin."""

    def __init__(self) -> None:
        y, x = np.meshgrid(_GRID, _GRID, indexing="ij")
        sigma_px = np.array([region.window_iod for region in regions()] * 2) * RASTER_IOD_PX
        offset = np.stack([x.ravel(), y.ravel()], axis=1)
        self._places = sigma_px[:, None] * offset
        weight = np.exp(-0.5 * (offset**2).sum(axis=1))
        self._weight = weight / weight.sum()
        self._before: NDArray[np.uint8] | None = None
        self._next_s = -np.inf
        self._first_s: list[float] = []
        self._found: list[Bools] = []
        self._clear()

    def _clear(self) -> None:
        count = self._places.shape[:2]
        self._colour, self._same = np.zeros((*count, 3)), np.zeros(count)
        self._looks = self._pairs = 0

    def look(self, frame: Frame, centres: Array, to_raster: Similarity) -> None:
        """Takes a picture in which the windows lie at ``centres`` (n, 2) of the raster, if it is time for one."""
        if frame.time_s < self._next_s:
            return
        if self._looks == _LOOKS:
            self._judge()
        if not self._looks:
            self._first_s.append(frame.time_s)
        self._next_s = frame.time_s + _EVERY_S
        places = to_raster.inverse.of((centres[:, None] + self._places).reshape(-1, 2))
        luma = frame.luma
        column, row = (np.clip(np.rint(places[:, k]).astype(np.intp), 0, luma.shape[1 - k] - 1) for k in (0, 1))
        here = luma[row, column]
        colour = frame.chroma[:, row // 2, column // 2]
        self._colour += np.stack([here, *colour], axis=1).reshape(self._colour.shape)
        self._looks += 1
        if self._before is not None and self._before.shape == luma.shape:
            same = (self._before[row, column] == here) & (here < _WHITE)
            self._same += same.reshape(self._same.shape)
            self._pairs += 1
        self._before = luma

    def something_else(self, time_s: Array) -> Bools:
        """Whether each window was something else than this face's skin at each moment (time, window)."""
        if self._looks > _LOOKS // 2 or not self._found:
            self._judge()
        elif self._looks:
            self._first_s.pop()
        if not self._found:
            return np.zeros((len(time_s), len(self._places)), np.bool_)
        which = np.searchsorted(self._first_s, time_s, side="right") - 1
        return np.asarray(np.array(self._found)[np.clip(which, 0, len(self._found) - 1)])

    def _judge(self) -> None:
        """What the looks since the last time say of each window."""
        if not self._looks:
            return
        colourless, other = _no_skin(self._colour / self._looks)
        other |= self._frozen()
        clear, found = ((places @ self._weight > _PART).reshape(2, -1) for places in (other, colourless | other))
        for parts, beside in _HAIRY:
            among = window_index(*(name for part in parts for name in groups().get(part, (part,))))
            bald = window_index(*(name for part in beside for name in groups().get(part, (part,))))
            alone = ~found[:, bald].any(axis=1)
            found[:, among] = np.where(alone[:, None], clear[:, among], found[:, among])
        self._found.append(found.ravel())
        self._clear()

    def _frozen(self) -> Bools:
        """Places (window, place) of windows that stand still to the last grey level while the others do not."""
        if not self._pairs:
            return np.zeros(self._same.shape, np.bool_)
        same = self._same @ self._weight / self._pairs
        still = (same > _FROZEN) & (np.median(same) < _ALIVE)
        return np.broadcast_to(still[:, None], self._same.shape)


def _no_skin(colour: Array) -> tuple[Bools, Bools]:
    """Places that have no colour or no light, and those that have another colour than skin; of luma, Cb and Cr."""
    luma = np.maximum(colour[..., 0], 1.0)
    blue, red = ((colour[..., k] - 128.0) / luma for k in (1, 2))
    warmth = red - blue
    usual = float(np.quantile(warmth, _SKIN))
    like = np.abs(warmth - usual) < 0.3 * usual  # chosen: enough places to take the middle of; 0.2 - 0.4
    if usual < _GREY or not like.any():
        return np.zeros(luma.shape, np.bool_), np.zeros(luma.shape, np.bool_)
    bright = luma / np.median(luma[like])
    tint = (red + 1j * blue) / complex(np.median(red[like]), np.median(blue[like]))
    colourless = (warmth < _PALE * usual) | (bright < _DARK)
    hue = (np.abs(tint) > _COLOURED) & (np.abs(np.angle(tint, deg=True)) > _HUE_DEG)
    return colourless, ((bright > _DARK) & hue) | ((bright > _DIM) & (np.abs(tint) > _FULL))
