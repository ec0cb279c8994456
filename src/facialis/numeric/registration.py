"""How far small windows of a picture have moved: Gauss-Newton against a reference, coarse to fine.

For small motion a least-squares step against a reference with precomputed gradients reaches the Cramér-Rao bound, and
costs one matrix product a picture (Lucas and Kanade 1981; Baker and Matthews 2004,
doi:10.1023/B:VISI.0000011205.11775.fd).
Arrays in, arrays out; no state is kept between calls other than the reference itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEVELS", "Pyramid", "Reference", "Shift", "measure_shift", "similarity"]

Image = NDArray[np.float32]
Array = NDArray[np.float64]
Pyramid = tuple[Image, ...]

LEVELS = (1, 2, 4)  # pixels of the finest level per pixel of a level; a window may jump 4 times half its coarse radius
_RADII = (20, 10, 8)  # chosen: radius of the window in pixels of its level (0.21, 0.21 and 0.33 IOD at 96 px)
_STEPS = (2, 1, 2)  # chosen: Gauss-Newton steps a level; more change nothing by more than 0.002 px
_BLURRED = 2 * np.sqrt(np.pi) * 0.8  # what the pyramid's blur of 0.8 px takes off white noise: residuals look alike
_RIDGE = 1e-3  # chosen: share of the mean curvature added, so that a bare window gives zero, not noise; 1e-4 - 1e-2


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Displacement of n windows. ``shift_px`` (n, 2) x, y; ``match`` (n,) correlation with the reference, at most 1;
    ``error_px`` (n,) standard error of each coordinate from the residual. Not robust to a window that is covered.
    """

    shift_px: Array
    match: Array
    error_px: Array


class _Level:
    def __init__(
        self, image: Image, centres: Array, weights: Image | None, sigma_px: Array, step: int, radius: int
    ) -> None:
        self.step, self.radius = step, radius
        self.height, self.width = image.shape
        n = len(centres)
        side = 2 * radius + 1
        axis = np.arange(-radius, radius + 1)
        self._grid = (axis[:, None] * self.width + axis[None, :]).ravel()
        self.centres = np.rint(centres / step).astype(np.int64)
        # Coarse levels only bring the fine one within reach: there a window is never narrower than 2 pixels.
        sigma = np.clip(sigma_px / step, 0.0 if step == 1 else 2.0, radius * 0.7)
        bell = np.exp(-0.5 * (axis[None, None] / sigma[:, :, None]) ** 2)
        window = (bell[:, 1, :, None] * bell[:, 0, None, :]).reshape(n, -1).astype(np.float32)
        if weights is not None:
            window *= self.sample(weights, np.zeros((n, 2), np.int64))
        self.window = window
        self.side = side
        self.values = self.sample(image, np.zeros((n, 2), np.int64))
        self.solve()

    def sample(self, image: Image, offset: NDArray[np.int64]) -> Image:
        at = self.centres + offset
        x = np.clip(at[:, 0], self.radius, self.width - 1 - self.radius)
        y = np.clip(at[:, 1], self.radius, self.height - 1 - self.radius)
        base = y * self.width + x
        return np.asarray(image.ravel().take(base[:, None] + self._grid[None]))

    def sample_between(self, image: Image, shift: Array) -> Image:
        """The windows of ``image`` moved by a fractional ``shift`` (n, 2), bilinear."""
        whole = np.floor(shift).astype(np.int64)
        right, below = np.array([1, 0]), np.array([0, 1])
        part = (shift - whole).astype(np.float32)
        fx, fy = part[:, :1], part[:, 1:]
        upper = self.sample(image, whole)
        upper += (self.sample(image, whole + right) - upper) * fx
        lower = self.sample(image, whole + below)
        lower += (self.sample(image, whole + right + below) - lower) * fx
        return np.asarray(upper + (lower - upper) * fy)

    def solve(self) -> None:
        """Prepares the solution: rows give dx, dy, gain and offset of a window from its difference to the reference."""
        n, side = len(self.values), self.side
        block = self.values.reshape(n, side, side)
        gy = np.asarray(np.gradient(block, axis=1))
        gx = np.asarray(np.gradient(block, axis=2))
        mean = (self.values * self.window).sum(1) / self.window.sum(1)
        flat = self.values - mean[:, None]
        jacobian = np.stack([gx.reshape(n, -1), gy.reshape(n, -1), flat, np.ones_like(flat)], 1)
        weighted = jacobian * self.window[:, None]
        normal = np.einsum("nik,njk->nij", weighted, jacobian).astype(np.float64)
        curvature = normal[:, 0, 0] + normal[:, 1, 1]
        normal[:, 0, 0] += _RIDGE * curvature + 1e-6
        normal[:, 1, 1] += _RIDGE * curvature + 1e-6
        normal[:, 2, 2] += 1e-3 * normal[:, 2, 2] + 1e-6
        normal[:, 3, 3] += 1e-9
        inverse = np.linalg.inv(normal)
        self.solution = np.einsum("nij,njk->nik", inverse, weighted).astype(np.float32)
        self.jacobian = jacobian.astype(np.float32)
        # Variance of dx and dy per unit variance of a pixel.
        spread = np.einsum("nik,nik->ni", self.solution[:, :2], self.solution[:, :2])
        self.unit_error = np.sqrt(spread.mean(1).astype(np.float64))
        self.mean = mean
        self.power = (flat**2 * self.window).sum(1)


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
    """

    def __init__(self, levels: Pyramid, centres: Array, sigma_px: Array, weights: Pyramid | None = None) -> None:
        self.centres = np.rint(centres).astype(np.float64)
        masks = weights if weights is not None else (None,) * len(LEVELS)
        self.levels = [
            _Level(image, self.centres, mask, sigma_px, step, radius)
            for image, mask, step, radius in zip(levels, masks, LEVELS, _RADII, strict=True)
        ]

    def learn(self, levels: Pyramid, shift_px: Array, rate: Array) -> None:
        """Blends the windows of a picture into the reference, moved back by their measured displacement.

        What is learnt is how the skin looks (light, pose), never where it is: a spasm that holds is not absorbed.
        ``rate`` (n,) 0-1 is the share of the new picture per window.
        """
        for level, image in zip(self.levels, levels, strict=True):
            new = level.sample_between(image, shift_px / level.step)
            level.values += (new - level.values) * rate[:, None].astype(np.float32)
            level.solve()


def measure_shift(reference: Reference, levels: Pyramid, start_px: Array) -> Shift:
    """Displacement of every window of ``reference`` in the picture ``levels``, starting from ``start_px`` (n, 2)."""
    finest = reference.levels[0]
    reach = reference.levels[-1].radius * LEVELS[-1] * 0.6  # beyond this a window sees other skin altogether
    coarse = start_px.copy()
    for level, image, steps in list(zip(reference.levels, levels, _STEPS, strict=True))[:0:-1]:
        for _ in range(steps):
            coarse = _step(level, image, coarse)[0]
        coarse = np.clip(coarse, -reach, reach)
    # The start may be better than what the coarse levels make of it: keep whichever fits the finest level better.
    shift, match, residual = start_px, np.full(len(start_px), -np.inf), np.zeros(len(start_px))
    for begin in (start_px, coarse):
        trial = begin
        for _ in range(_STEPS[0]):
            trial, trial_match, trial_residual = _step(finest, levels[0], trial, between=True)
        better = trial_match > match
        shift = np.where(better[:, None], trial, shift)
        match = np.where(better, trial_match, match)
        residual = np.where(better, trial_residual, residual)
    return Shift(shift_px=np.clip(shift, -reach, reach), match=match, error_px=residual * finest.unit_error * _BLURRED)


def _step(level: _Level, image: Image, shift_px: Array, *, between: bool = False) -> tuple[Array, Array, Array]:
    # Sampling at whole pixels only would jump by the bias of a half-pixel step whenever the nearest pixel changes.
    if between:
        whole = shift_px / level.step
        values = level.sample_between(image, whole)
    else:
        whole = np.rint(shift_px / level.step)
        values = level.sample(image, whole.astype(np.int64))
    difference = values - level.values
    found = np.matmul(level.solution, difference[:, :, None])[:, :, 0].astype(np.float64)
    # The solution says how far the reference must move to look like the picture; one step is good to about a pixel.
    # A brighter picture has steeper slopes than the reference, by the gain.
    gain = np.clip(1.0 + found[:, 2:3], 0.25, 4.0)
    move = np.clip(-found[:, :2] / gain, -1.5, 1.5)
    explained = np.matmul(found[:, None].astype(np.float32), level.jacobian)[:, 0]
    rest = ((difference - explained) ** 2 * level.window).sum(1).astype(np.float64)
    total = level.window.sum(1)
    mean = (values * level.window).sum(1) / total
    power = ((values - mean[:, None]) ** 2 * level.window).sum(1).astype(np.float64)
    match = 1.0 - rest / np.maximum(power, 1e-6)
    return (whole + move) * level.step, match, np.sqrt(rest / total)


def similarity(points: Array, moved: Array, weight: Array) -> Array:
    """The 2×3 similarity that takes ``points`` (n, 2) to ``moved`` (n, 2) with least weighted squares."""
    w = weight / weight.sum()
    centre, goal = w @ points, w @ moved
    a, b = points - centre, moved - goal
    norm = float((w[:, None] * a * a).sum())
    cos = float((w * (a * b).sum(1)).sum()) / norm
    sin = float((w * (a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])).sum()) / norm
    matrix = np.array([[cos, -sin, 0.0], [sin, cos, 0.0]])
    matrix[:, 2] = goal - matrix[:, :2] @ centre
    return matrix
