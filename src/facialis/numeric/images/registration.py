"""How far small windows of a picture have moved: Gauss-Newton against a reference, coarse to fine where needed.

For small motion a least-squares step against a reference with precomputed gradients reaches the Cramér-Rao bound, and
costs one pass over the pixels of a window (Lucas and Kanade 1981; Baker and Matthews 2004,
doi:10.1023/B:VISI.0000011205.11775.fd).
Arrays in, arrays out; no state is kept between calls other than the reference itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.compiled import compiled
from facialis.numeric.images.windows import UNIT_ERROR, VALUES, WEIGHT, cut_windows, learn, look_again, no_looks, settle

__all__ = ["LEVELS", "Pyramid", "Reference", "Shift", "measure_shift"]

Image = NDArray[np.float32]
Array = NDArray[np.float64]
Numbers = NDArray[np.intp]

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


class Pyramid(Protocol):
    """A picture in levels, each of half the size of the one before; 0 is the finest."""

    def __getitem__(self, level: int, /) -> Image:
        """One level."""
        ...


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Displacement of n windows. Not robust to a window that is covered: its ``match`` says so, the others do not.

    Attributes
    ----------
    shift_px
        Displacement (n, 2), x and y, in px of the finest level.
    match
        Share (n,) of the image's variance that the reference explains after the best shift, gain and offset: 1 the
        same, near 0 or far below something else. It is the square of a correlation.
    error_px
        Standard error (n,) of each coordinate in px, from the residual; small, and meaningless, in a bare image.
    """

    shift_px: Array
    match: Array
    error_px: Array


class _Level:
    """The windows of one level of a reference."""

    def __init__(
        self, image: Image, centres: Array, weights: Image | None, sigma_px: Array, step: int, radius: int
    ) -> None:
        self.step, self.radius, self.side = step, radius, 2 * radius + 1
        n = len(centres)
        axis = np.arange(-radius, radius + 1)
        low, high = np.full(2, radius), np.array(image.shape[::-1]) - 1 - radius
        self.centres = np.clip(np.rint(centres / step), low, np.maximum(high, low))
        # Coarse levels only bring the fine one within reach: there a window is never narrower than 2 pixels.
        sigma = np.clip(sigma_px / step, 0.0 if step == 1 else 2.0, radius * 0.7)
        bell = np.exp(-0.5 * (axis[None, None] / sigma[:, :, None]) ** 2)
        self.looks = no_looks(n, self.side)
        self.looks.pixels[WEIGHT] = (bell[:, 1, :, None] * bell[:, 0, None, :]).reshape(n, -1)
        if weights is not None:
            self.looks.pixels[WEIGHT] *= cut_windows(weights, self.centres, self.side)
        self.looks.pixels[VALUES] = cut_windows(image, self.centres, self.side)
        self._learnt: list[NDArray[np.bool_]] = [np.ones(n, np.bool_)]

    def learn(self, image: Image, shift_px: Array, share: Array) -> None:
        """Blends the windows of ``image`` moved by ``shift_px`` into the reference, by a share (n,) of each."""
        learn(image, self.centres + shift_px / self.step, self.side, share, self.looks.pixels[VALUES])
        self._learnt.append(share > 0)

    def settle(
        self, image: Image, start_px: Array, which: Numbers, *, steps: int | None = None
    ) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
        """See `facialis.numeric.images.windows.settle`; ``steps`` are always taken if given."""
        if self._learnt:  # a coarse level is seldom asked, and learns often
            look_again(self.looks, self.side, np.flatnonzero(np.any(self._learnt, axis=0)))
            self._learnt = []
        more, close_px, settled_px = (_MORE_STEPS, _CLOSE_PX, _SETTLED_PX) if steps is None else (steps - 1, -1.0, -1.0)
        return settle(
            image, self.centres, self.step, self.side, self.looks, which, start_px, more, close_px, settled_px
        )


class Reference:
    """Windows of a quiet image, to measure others against.

    Parameters
    ----------
    levels
        The image (height, width) float32, finest first; three levels, each with half the size of the one before.
    centres
        Window centres (n, 2), x and y, in px of the finest level; rounded to whole ones.
    sigma_px
        Standard deviation (n, 2) across and down of each window's Gaussian weight, in px of the finest level.
    weights
        Weights 0–1 of the pixels, in the same levels: 0 where they say nothing about skin (the eye opening); None: 1.

    Notes
    -----
    A window whose centre lies too near to the edge is moved inwards. What the image shows at its start is the zero of
    every displacement; it knows nothing of time, gaps or frame rate.

    Source
    ------
    Baker and Matthews 2004, doi:10.1023/B:VISI.0000011205.11775.fd; ``docs/reference/method.md``, chapter 4.

    Examples
    --------
    >>> reference = Reference(levels, np.array([[64.0, 64.0]]), np.array([[8.0, 8.0]]))  # doctest: +SKIP
    """

    def __init__(
        self,
        levels: Pyramid,
        centres: Array,
        sigma_px: Array,
        weights: Pyramid | None = None,
    ) -> None:
        self.centres = np.rint(centres).astype(np.float64)
        self.levels = [
            _Level(levels[k], self.centres, None if weights is None else weights[k], sigma_px, step, radius)
            for k, (step, radius) in enumerate(zip(LEVELS, _RADII, strict=True))
        ]

    def window(self, number: int) -> tuple[Image, Image, Array]:
        """How one window looks at rest, the weights of its pixels, both (side, side), and its first pixel (x, y)."""
        finest = self.levels[0]
        pixels = finest.looks.pixels[:, number].reshape(-1, finest.side, finest.side)
        return pixels[VALUES], pixels[WEIGHT], finest.centres[number] - finest.radius

    def learn(self, levels: Pyramid, shift_px: Array, rate: Array) -> None:
        """Blend the windows of an image into the reference, moved back by their measured displacement.

        What is learnt is how the skin looks (light, pose), never where it is: a spasm that holds is not absorbed.

        Parameters
        ----------
        levels
            The image, in the same levels as the reference.
        shift_px
            Measured displacement (n, 2) of all windows in px of the finest level.
        rate
            Share (n,), 0–1, of the new image per window; 0 leaves a window as it is.

        Raises
        ------
        ValueError
            The shapes do not fit the number of windows.

        Notes
        -----
        Time is the caller's: a share per frame must follow from the interval between frames. A window that is covered
        or not measured must be given 0.
        """
        share = np.ascontiguousarray(rate, dtype=np.float64)
        if shift_px.shape != self.centres.shape or share.shape != (len(self.centres),):
            raise ValueError(f"{len(self.centres)} windows, shifts of shape {shift_px.shape}, shares of {share.shape}")
        for k, level in enumerate(self.levels):
            level.learn(levels[k], shift_px, share)


def measure_shift(
    reference: Reference,
    levels: Pyramid,
    start_px: Array,
    windows: slice = slice(None),
    *,
    usual_match: Array | None = None,
) -> Shift:
    """Measure how far windows of a reference have moved in an image.

    Parameters
    ----------
    reference
        The windows at rest.
    levels
        The image (height, width) float32, in the same levels as the reference.
    start_px
        Where each window is looked for first (n, 2), as a displacement in px of the finest level.
    windows
        Which windows of the reference: n of them.
    usual_match
        How well each window fits as a rule (n,), at most 1; None: 1.

    Returns
    -------
    Shift
        Displacement (n, 2) in px, at most 19.2 px either way; match (n,); standard error (n,) in px.

    Raises
    ------
    ValueError
        The shapes do not fit the number of windows.

    Notes
    -----
    A window that fits is done after one step, or two. The coarse levels are asked where it hardly fits or does not
    settle, or does not fit well and has gone more than a pixel or fits worse than usual; of both answers the one is
    kept that fits better. A start that is not finite gives NaN. A covered window gives some shift with a low match: the
    caller must drop it. At a low frame rate skin goes further between frames, and a start that is too far off is lost.

    Source
    ------
    Lucas and Kanade 1981; Baker and Matthews 2004, doi:10.1023/B:VISI.0000011205.11775.fd.

    Examples
    --------
    >>> measure_shift(reference, moved_by_half_a_pixel, np.zeros((1, 2))).shift_px  # doctest: +SKIP
    array([[0.4944, -0.0014]])
    """
    finest = reference.levels[0]
    numbers = np.arange(len(reference.centres))[windows]
    start_px = np.ascontiguousarray(start_px, dtype=np.float64)
    usual = np.ones(len(numbers)) if usual_match is None else np.ascontiguousarray(usual_match, dtype=np.float64)
    if start_px.shape != (len(numbers), 2) or usual.shape != (len(numbers),):
        raise ValueError(f"{len(numbers)} windows, starts of shape {start_px.shape}, matches of {usual.shape}")
    reach = reference.levels[-1].radius * LEVELS[-1] * 0.6  # beyond this a window sees other skin altogether
    shift, match, residual, moving = finest.settle(levels[0], start_px, numbers)
    doubtful = _doubtful(start_px, shift, match, moving, usual)
    if doubtful.size:
        which = numbers[doubtful]
        coarse = start_px[doubtful]
        for k, steps in zip((2, 1), _COARSE_STEPS[::-1], strict=True):
            level = reference.levels[k]
            coarse = level.settle(levels[k], coarse, which, steps=steps)[0]
            coarse = _within(coarse, reach)
        other, other_match, other_residual, _ = finest.settle(levels[0], coarse, which)
        better = other_match > match[doubtful]
        chosen = doubtful[better]
        shift[chosen], match[chosen], residual[chosen] = other[better], other_match[better], other_residual[better]
    error = residual * finest.looks.numbers[UNIT_ERROR, windows] * _BLURRED
    return Shift(shift_px=_within(shift, reach), match=match, error_px=error)


@compiled
def _doubtful(start_px: Array, shift_px: Array, match: Array, moving: NDArray[np.bool_], usual: Array) -> Numbers:
    """Which windows have to be looked for on coarse levels as well."""
    found = np.empty(len(match), np.intp)
    count = 0
    for k in range(len(match)):
        gone = max(abs(shift_px[k, 0] - start_px[k, 0]), abs(shift_px[k, 1] - start_px[k, 1])) > _NEAR_PX
        worse = match[k] < usual[k] - _FALLEN
        if moving[k] or match[k] < _POOR_MATCH or (match[k] < _SURE_MATCH and (gone or worse)):
            found[count] = k
            count += 1
    return found[:count]


def _within(values: Array, most: float) -> Array:
    """What np.clip gives, at a third of its cost for few values."""
    return np.asarray(np.minimum(np.maximum(values, -most), most))
