"""How far small windows of a picture have moved: Gauss-Newton against a reference, coarse to fine where needed.

For small motion a least-squares step against a reference with precomputed gradients reaches the Cramér-Rao bound, and
costs one matrix product a picture (Lucas and Kanade 1981; Baker and Matthews 2004,
doi:10.1023/B:VISI.0000011205.11775.fd).
Arrays in, arrays out; no state is kept between calls other than the reference itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS", "Cut", "Pyramid", "Reference", "Shift", "cut_windows", "measure_shift"]

Image = NDArray[np.float32]
Array = NDArray[np.float64]
Which = NDArray[np.intp] | slice
Cut = Callable[[Image, Array, int], Image]
"""Cuts windows out of a picture between its pixels: see `cut_windows`."""

LEVELS = (1, 2, 4)  # pixels of the finest level per pixel of a level; a window may jump 4 times half its coarse radius
_RADII = (20, 10, 8)  # chosen: radius of the window in pixels of its level (0.21, 0.21 and 0.33 IOD at 96 px)
_COARSE_STEPS = (1, 2)  # chosen: Gauss-Newton steps at the middle and the coarsest level; they only bring it near
_MORE_STEPS = 3  # chosen: further ones where a window still moves; what does not settle then is lost anyway; 2 - 5
_CLOSE_PX = 0.1  # chosen: after a first step this short a second one changes nothing by more than 0.004 px; 0.05 - 0.15
_SETTLED_PX = 0.2  # chosen: a step this short leaves less than 0.01 px to the next; 0.1 - 0.3 px
_NEAR_PX = 1.0  # chosen: further from where it should be a window may have been caught by other skin; 0.5 - 2 px
_SURE_MATCH = 0.8  # chosen: a window that fits this well is where it seems to be; 0.7 - 0.9
_POOR_MATCH = 0.5  # chosen: a window that fits no better than this is always looked for coarsely; 0.4 - 0.7
_FALLEN = 0.1  # chosen: a fit worse by this than the window's usual one may be a wrong place; 0.05 - 0.2
_BLURRED = 2 * np.sqrt(np.pi) * 0.8  # what the pyramid's blur of 0.8 px takes off white noise: residuals look alike
_RIDGE = 1e-3  # chosen: share of the mean curvature added, so that a bare window gives zero, not noise; 1e-4 - 1e-2


class Pyramid(Protocol):
    """A picture in levels, each of half the size of the one before; 0 is the finest."""

    def __getitem__(self, level: int, /) -> Image:
        """One level."""
        ...


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Displacement of n windows. ``shift_px`` (n, 2) x, y; ``match`` (n,) correlation with the reference, at most 1;
    ``error_px`` (n,) standard error of each coordinate from the residual. Not robust to a window that is covered.
    """

    shift_px: Array
    match: Array
    error_px: Array


def cut_windows(image: Image, centres: Array, side: int) -> Image:
    """Windows (n, side²) of a picture round ``centres`` (n, 2), bilinear; beyond its edge the edge pixels go on."""
    height, width = image.shape
    axis = np.arange(side + 1) - side // 2
    whole = np.floor(centres).astype(np.int64)
    part = (centres - whole).astype(np.float32)[:, :, None, None]
    x = np.clip(whole[:, :1] + axis, 0, width - 1)
    y = np.clip(whole[:, 1:] + axis, 0, height - 1)
    block = image.ravel().take(y[:, :, None] * width + x[:, None, :])
    rows = block[:, :-1] + (block[:, 1:] - block[:, :-1]) * part[:, 1]
    windows = rows[:, :, :-1] + (rows[:, :, 1:] - rows[:, :, :-1]) * part[:, 0]
    return np.asarray(windows.reshape(len(centres), side * side))


class _Level:
    def __init__(
        self, image: Image, centres: Array, weights: Image | None, sigma_px: Array, step: int, radius: int, cut: Cut
    ) -> None:
        self.step, self.radius, self.side = step, radius, 2 * radius + 1
        self._cut = cut
        n = len(centres)
        axis = np.arange(-radius, radius + 1)
        low, high = np.full(2, radius), np.array(image.shape[::-1]) - 1 - radius
        self.centres = np.clip(np.rint(centres / step), low, np.maximum(high, low))
        # Coarse levels only bring the fine one within reach: there a window is never narrower than 2 pixels.
        sigma = np.clip(sigma_px / step, 0.0 if step == 1 else 2.0, radius * 0.7)
        bell = np.exp(-0.5 * (axis[None, None] / sigma[:, :, None]) ** 2)
        window = (bell[:, 1, :, None] * bell[:, 0, None, :]).reshape(n, -1).astype(np.float32)
        if weights is not None:
            window *= self.sample(weights, np.zeros((n, 2)))
        self.window = window
        self.total = window.sum(1, dtype=np.float64)
        self._jacobian = np.ones((n, 4, self.side**2), np.float32)
        self.values = self.sample(image, np.zeros((n, 2)))
        self.solve()

    def sample(self, image: Image, shift: Array, which: Which = slice(None)) -> Image:
        """The windows of ``image`` moved by ``shift`` (n, 2) in pixels of this level."""
        return self._cut(image, self.centres[which] + shift, self.side)

    def learn(self, new: Image, share: NDArray[np.float32]) -> None:
        """Blends windows (n, side²) into the reference, by a share of each (n, 1)."""
        new -= self.values
        new *= share
        self.values += new
        self._solved = False

    def solve(self) -> None:
        """Prepares the solution: rows give dx, dy, gain and offset of a window from its difference to the reference."""
        self._solved = True
        n, side = len(self.values), self.side
        block = self.values.reshape(n, side, side)
        slopes = self._jacobian.reshape(n, 4, side, side)
        _slope(block, slopes[:, 0])
        _slope(block.swapaxes(1, 2), slopes[:, 1].swapaxes(1, 2))
        mean = np.matmul(self.values[:, None], self.window[:, :, None])[:, 0, 0] / self.total
        np.subtract(self.values, mean.astype(np.float32)[:, None], out=self._jacobian[:, 2])
        weighted = self._jacobian * self.window[:, None]
        plain = np.matmul(weighted, self._jacobian.swapaxes(1, 2)).astype(np.float64)
        normal = plain.copy()
        curvature = normal[:, 0, 0] + normal[:, 1, 1]
        normal[:, 0, 0] += _RIDGE * curvature + 1e-6
        normal[:, 1, 1] += _RIDGE * curvature + 1e-6
        normal[:, 2, 2] += 1e-3 * normal[:, 2, 2] + 1e-6
        normal[:, 3, 3] += 1e-9
        inverse = np.linalg.inv(normal)
        self.solution = np.matmul(inverse.astype(np.float32), weighted)
        self._normal = normal
        # What the four unknowns p explain of the summed squares is 2 p·Jᵀ W d - p·Jᵀ W J p, with Jᵀ W d = normal · p.
        self._explains = 2.0 * normal - plain
        self._power = plain[:, 2, 2]
        # Variance of dx and dy per unit variance of a pixel.
        rows = self.solution[:, :2]
        self.unit_error = np.sqrt(np.matmul(rows[:, :, None], rows[:, :, :, None])[:, :, 0, 0].mean(1, dtype=float))

    def one_step(self, image: Image, shift_px: Array, which: Which) -> tuple[Array, Array, Array]:
        """Move (n, 2) in pixels of the finest level, correlation (n,) and mean residual (n,) of windows so moved."""
        if not self._solved:  # a coarse level is seldom asked, and learns often
            self.solve()
        difference = self.sample(image, shift_px / self.step, which)
        difference -= self.values[which]
        found = np.matmul(self.solution[which], difference[:, :, None])[:, :, 0].astype(np.float64)
        squares = np.matmul((difference * self.window[which])[:, None], difference[:, :, None])[:, 0, 0].astype(float)
        # The solution says how far the reference must move to look like the picture; one step is good to about a
        # pixel. A brighter picture has steeper slopes than the reference, by the gain.
        gain = _within(1.0 + found[:, 2:3], 0.25, 4.0)
        move = _within(-found[:, :2] / gain, -1.5, 1.5)
        column = found[:, :, None]
        rest = squares - np.matmul(np.matmul(found[:, None], self._explains[which]), column)[:, 0, 0]
        rest = np.maximum(rest, 0.0)
        total = self.total[which]
        # The variance of the picture in the window, from that of the reference and their difference.
        slope = np.matmul(self._normal[which, 2:], column)[:, :, 0]
        power = self._power[which] + 2.0 * slope[:, 0] + squares - slope[:, 1] ** 2 / total
        return move * self.step, 1.0 - rest / np.maximum(power, 1e-6), np.sqrt(rest / total)


def _within(values: Array, low: float, high: float) -> Array:
    """What np.clip gives, at a third of its cost for few values."""
    return np.asarray(np.minimum(np.maximum(values, low), high))


def _slope(block: Image, out: Image) -> None:
    """Central differences along the last axis, one-sided at its ends."""
    np.subtract(block[..., 2:], block[..., :-2], out=out[..., 1:-1])
    out[..., 1:-1] *= 0.5
    np.subtract(block[..., 1], block[..., 0], out=out[..., 0])
    np.subtract(block[..., -1], block[..., -2], out=out[..., -1])


class Reference:
    """Windows round ``centres`` (n, 2) of a quiet picture, to measure others against.

    Parameters
    ----------
    levels
        The picture, finest first; each level has half the size of the one before.
    centres
        Window centres in pixels of the finest level.
    sigma_px
        Standard deviation (n, 2) across and along of each window's Gaussian weight, in pixels of the finest level.
    weights
        Optional weights 0-1 of the pixels, in the same levels: 0 where they say nothing about skin (the eye opening).
    cut
        How windows are cut out of a picture, if there is a faster way than `cut_windows`.
    """

    def __init__(
        self,
        levels: Pyramid,
        centres: Array,
        sigma_px: Array,
        weights: Pyramid | None = None,
        *,
        cut: Cut = cut_windows,
    ) -> None:
        self.centres = np.rint(centres).astype(np.float64)
        self.levels = [
            _Level(levels[k], self.centres, None if weights is None else weights[k], sigma_px, step, radius, cut)
            for k, (step, radius) in enumerate(zip(LEVELS, _RADII, strict=True))
        ]

    def learn(self, levels: Pyramid, shift_px: Array, rate: Array) -> None:
        """Blends the windows of a picture into the reference, moved back by their measured displacement.

        What is learnt is how the skin looks (light, pose), never where it is: a spasm that holds is not absorbed.
        ``rate`` (n,) 0-1 is the share of the new picture per window.
        """
        share = rate[:, None].astype(np.float32)
        for k, level in enumerate(self.levels):
            level.learn(level.sample(levels[k], shift_px / level.step), share)


def measure_shift(
    reference: Reference,
    levels: Pyramid,
    start_px: Array,
    windows: slice = slice(None),
    *,
    usual_match: Array | None = None,
) -> Shift:
    """Displacement of ``windows`` of ``reference`` in the picture ``levels``, starting from ``start_px`` (n, 2).

    A window that fits is done after one step, or two. The coarse levels are asked where it hardly fits or does not
    settle, or does not fit well and has gone more than a pixel or fits worse than usual (``usual_match``, not known by
    default); of both answers the one is kept that fits better.
    """
    finest = reference.levels[0]
    numbers = np.arange(len(reference.centres))[windows]
    reach = reference.levels[-1].radius * LEVELS[-1] * 0.6  # beyond this a window sees other skin altogether
    shift, match, residual, moving = _settle(finest, levels[0], start_px, windows)
    worse = match < (1.0 if usual_match is None else usual_match - _FALLEN)
    gone = np.abs(shift - start_px).max(1) > _NEAR_PX
    doubtful = np.flatnonzero(moving | (match < _POOR_MATCH) | ((match < _SURE_MATCH) & (gone | worse)))
    if doubtful.size:
        which = numbers[doubtful]
        coarse = start_px[doubtful]
        for k, steps in zip((2, 1), _COARSE_STEPS[::-1], strict=True):
            level = reference.levels[k]
            for _ in range(steps):
                coarse = coarse + level.one_step(levels[k], coarse, which)[0]
            coarse = _within(coarse, -reach, reach)
        other, other_match, other_residual, _ = _settle(finest, levels[0], coarse, which)
        better = other_match > match[doubtful]
        chosen = doubtful[better]
        shift[chosen], match[chosen], residual[chosen] = other[better], other_match[better], other_residual[better]
    error = residual * finest.unit_error[windows] * _BLURRED
    return Shift(shift_px=_within(shift, -reach, reach), match=match, error_px=error)


def _settle(
    level: _Level, image: Image, start_px: Array, which: Which
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Steps until each window has settled; the last of the four says which have not.

    A step is good to a few per cent of its length: a window that was nearly where it was looked for is done after one.
    """
    move, match, residual = level.one_step(image, start_px, which)
    shift = start_px + move
    numbers = np.arange(len(level.centres))[which]
    moving = np.flatnonzero(np.abs(move).max(1) > _CLOSE_PX)
    for _ in range(_MORE_STEPS):
        if not moving.size:
            break
        move, match[moving], residual[moving] = level.one_step(image, shift[moving], numbers[moving])
        shift[moving] += move
        moving = moving[np.abs(move).max(1) > _SETTLED_PX]
    unsettled = np.zeros(len(shift), np.bool_)
    unsettled[moving] = True
    return shift, match, residual, unsettled
