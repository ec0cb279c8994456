"""Windows of a picture against a reference of themselves: cutting, learning and Gauss-Newton steps, compiled.

A window is ``side`` pixels wide and high and lies between the pixels of a picture; beyond its edge the edge pixels go
on. Everything here is for one level; `facialis.numeric.images.registration` says what is done with it.

Pixels are summed in blocks of `_ROWS` by `_LANES`: first the rows, then the blocks, at last the lanes. So the order in
which numbers are added is written here and no choice of the compiler, and a processor still works on several at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.compiled import compiled

__all__ = ["UNIT_ERROR", "VALUES", "WEIGHT", "Looks", "cut_windows", "learn", "look_again", "no_looks", "settle"]

Image = NDArray[np.float32]
Array = NDArray[np.float64]
Numbers = NDArray[np.intp]

_RIDGE = 1e-3  # chosen: share of the mean curvature added, so that a bare window gives zero, not noise; 1e-4 - 1e-2
_LONGEST = 1.5  # chosen: pixels of a level; a step is good to about one, a longer one is a guess; 1 - 2
_FAR = 1e9  # chosen: pixels; no picture is as wide, and whole numbers reach further; 1e6 - 1e15
_LANES = 32  # chosen: parts of a sum, twice what the widest processors add at a time; a power of two; 16 - 64
_ROWS = 4  # chosen: pixels added before a part is touched, which costs more than they do; 2 - 8
_BLOCK = _ROWS * _LANES
_LEAST_GAIN, _MOST_GAIN = 0.25, 4.0  # chosen: beyond these it is no light; 0.1 - 0.5 and 2 - 10

VALUES, WEIGHT, CENTRED, ACROSS, DOWN = range(5)
MEAN, TOTAL, POWER, UNIT_ERROR = range(4)
_INVERSE, _NORMAL, _EXPLAINS = range(3)


class Looks(NamedTuple):
    """What n windows look like, and what follows from it.

    ``pixels`` (5, n, side²) float32 are `VALUES`, `WEIGHT`, `CENTRED` (less the weighted mean), `ACROSS` and `DOWN`
    (slopes). ``numbers`` (4, n) are `MEAN`, `TOTAL` (of the weights), `POWER` (summed squares of the centred values)
    and `UNIT_ERROR` (standard error of a coordinate per unit of noise). ``matrices`` (3, n, 4, 4) for the unknowns dx,
    dy, gain and offset are the inverse of the normal matrix, that matrix, and what the unknowns p take off the summed
    squares: 2 p·Jᵀ W d - p·Jᵀ W J p, with Jᵀ W d = normal · p.
    """

    pixels: Image
    numbers: Array
    matrices: Array


def no_looks(count: int, side: int) -> Looks:
    """Room for so many windows."""
    return Looks(np.zeros((5, count, side * side), np.float32), np.zeros((4, count)), np.zeros((3, count, 4, 4)))


@compiled
def _cut(image: Image, x: float, y: float, side: int, out: Image) -> None:
    """One window (side²,) with its middle at x, y, bilinear; NaN if that is no place at all."""
    height, width = image.shape
    if not (abs(x) < _FAR and abs(y) < _FAR):
        out[:] = np.nan
        return
    left, top = int(np.floor(x)), int(np.floor(y))
    right_share, low_share = np.float32(x - left), np.float32(y - top)
    left -= side // 2
    top -= side // 2
    if left >= 0 and top >= 0 and left + side < width and top + side < height:
        for i in range(side):
            above, below = image[top + i, left : left + side + 1], image[top + i + 1, left : left + side + 1]
            row = out[i * side : (i + 1) * side]
            for j in range(side):
                first = above[j] + (above[j + 1] - above[j]) * right_share
                second = below[j] + (below[j + 1] - below[j]) * right_share
                row[j] = first + (second - first) * low_share
    else:
        for i in range(side):
            above, below = image[min(max(top + i, 0), height - 1)], image[min(max(top + i + 1, 0), height - 1)]
            for j in range(side):
                a, b = min(max(left + j, 0), width - 1), min(max(left + j + 1, 0), width - 1)
                first = above[a] + (above[b] - above[a]) * right_share
                second = below[a] + (below[b] - below[a]) * right_share
                out[i * side + j] = first + (second - first) * low_share


@compiled
def cut_windows(image: Image, centres: Array, side: int) -> Image:
    """Windows (n, side²) of a picture round ``centres`` (n, 2), bilinear; beyond its edge the edge pixels go on."""
    out = np.empty((len(centres), side * side), np.float32)
    for k in range(len(centres)):
        _cut(image, centres[k, 0], centres[k, 1], side, out[k])
    return out


@compiled
def learn(image: Image, centres: Array, side: int, share: Array, values: Image) -> None:
    """Blends windows of ``image`` into ``values`` (n, side²), by a ``share`` (n,) of each."""
    new = np.empty(side * side, np.float32)
    for k in range(len(centres)):
        part = np.float32(share[k])
        if part > 0:
            _cut(image, centres[k, 0], centres[k, 1], side, new)
            old = values[k]
            for i in range(side * side):
                old[i] += (new[i] - old[i]) * part


def look_again(looks: Looks, side: int, which: Numbers) -> None:
    """Works out from `VALUES` and `WEIGHT` of some windows all else that is known of them, in place."""
    plain, twice = _sums(looks, side, which)
    curvature = plain[:, 0, 0] + plain[:, 1, 1]
    normal = plain.copy()
    normal[:, 0, 0] += _RIDGE * curvature + 1e-6
    normal[:, 1, 1] += _RIDGE * curvature + 1e-6
    normal[:, 2, 2] += 1e-3 * plain[:, 2, 2] + 1e-6
    normal[:, 3, 3] += 1e-9
    inverse = np.linalg.inv(normal)
    spread = np.matmul(np.matmul(inverse, twice), inverse)  # of the unknowns, per unit variance of a pixel
    looks.numbers[UNIT_ERROR, which] = np.sqrt(np.maximum((spread[:, 0, 0] + spread[:, 1, 1]) / 2, 0.0))
    looks.numbers[POWER, which] = plain[:, 2, 2]
    for name, matrices in ((_INVERSE, inverse), (_NORMAL, normal), (_EXPLAINS, 2.0 * normal - plain)):
        looks.matrices[name, which] = matrices


@compiled
def _sums(looks: Looks, side: int, which: Numbers) -> tuple[Array, Array]:
    """Slopes, means and totals of some windows, in place; sums (n, 4, 4) of products of slopes, values and 1, with the
    weight and with its square.
    """
    plain, twice = np.zeros((len(which), 4, 4)), np.zeros((len(which), 4, 4))
    for number in range(len(which)):
        k = which[number]
        values, weight, centred = looks.pixels[VALUES, k], looks.pixels[WEIGHT, k], looks.pixels[CENTRED, k]
        across, down = looks.pixels[ACROSS, k], looks.pixels[DOWN, k]
        total, summed = _totals(values, weight)
        mean = summed / total
        for i in range(side):
            row = i * side
            before, after = max(i - 1, 0) * side, min(i + 1, side - 1) * side
            half = np.float32(0.5) if 0 < i < side - 1 else np.float32(1.0)
            for j in range(1, side - 1):
                across[row + j] = np.float32(0.5) * (values[row + j + 1] - values[row + j - 1])
            across[row] = values[row + 1] - values[row]
            across[row + side - 1] = values[row + side - 1] - values[row + side - 2]
            for j in range(side):
                down[row + j] = half * (values[after + j] - values[before + j])
                centred[row + j] = values[row + j] - mean
        looks.numbers[MEAN, k], looks.numbers[TOTAL, k] = mean, total
        _products(across, down, centred, weight, plain[number])
        _products(across, down, centred, weight * weight, twice[number])
    return plain, twice


@compiled
def _totals(values: Image, weight: Image) -> tuple[np.float32, np.float32]:
    """Sum of the weights, and of the values times their weight."""
    sums, spare = np.zeros(2 * _LANES, np.float32), np.zeros((2, _BLOCK), np.float32)
    whole = len(weight) - len(weight) % _BLOCK
    for i in range(0, whole, _BLOCK):
        _add_totals(values[i : i + _BLOCK], weight[i : i + _BLOCK], sums)
    _add_totals(_rest(values, whole, spare[0]), _rest(weight, whole, spare[1]), sums)
    _join(sums)
    return sums[0], sums[_LANES]


@compiled
def _add_totals(values: Image, weight: Image, sums: Image) -> None:
    """One block of `_totals`."""
    for j in range(_LANES):
        w1 = wv = np.float32(0.0)
        for row in range(_ROWS):
            i = row * _LANES + j
            w1 += weight[i]
            wv += weight[i] * values[i]
        sums[j] += w1
        sums[_LANES + j] += wv


@compiled
def _products(x: Image, y: Image, v: Image, weight: Image, out: Array) -> None:
    """Weighted sums of products of x, y, v and 1, (4, 4)."""
    sums, spare = np.zeros(10 * _LANES, np.float32), np.zeros((4, _BLOCK), np.float32)
    whole = len(weight) - len(weight) % _BLOCK
    for i in range(0, whole, _BLOCK):
        _add_products(x[i : i + _BLOCK], y[i : i + _BLOCK], v[i : i + _BLOCK], weight[i : i + _BLOCK], sums)
    _add_products(
        _rest(x, whole, spare[0]), _rest(y, whole, spare[1]), _rest(v, whole, spare[2]), _rest(weight, whole, spare[3]),
        sums,
    )  # fmt: skip
    _join(sums)
    k = 0
    for a in range(4):
        for b in range(a, 4):
            out[a, b] = out[b, a] = sums[k * _LANES]
            k += 1


@compiled
def _add_products(x: Image, y: Image, v: Image, weight: Image, sums: Image) -> None:
    """One block of `_products`."""
    for j in range(_LANES):
        xx = xy = xv = x1 = yy = yv = y1 = vv = v1 = one = np.float32(0.0)
        for row in range(_ROWS):
            i = row * _LANES + j
            w = weight[i]
            wx, wy, wv = w * x[i], w * y[i], w * v[i]
            xx += wx * x[i]
            xy += wx * y[i]
            xv += wx * v[i]
            x1 += wx
            yy += wy * y[i]
            yv += wy * v[i]
            y1 += wy
            vv += wv * v[i]
            v1 += wv
            one += w
        sums[j] += xx
        sums[_LANES + j] += xy
        sums[2 * _LANES + j] += xv
        sums[3 * _LANES + j] += x1
        sums[4 * _LANES + j] += yy
        sums[5 * _LANES + j] += yv
        sums[6 * _LANES + j] += y1
        sums[7 * _LANES + j] += vv
        sums[8 * _LANES + j] += v1
        sums[9 * _LANES + j] += one


@compiled
def _differences(
    seen: Image, looks: Looks, k: int
) -> tuple[np.float32, np.float32, np.float32, np.float32, np.float32]:
    """Weighted sums of the difference to the reference times dx, dy, gain, offset, and of its square."""
    mean = np.float32(looks.numbers[MEAN, k])
    weight, centred = looks.pixels[WEIGHT, k], looks.pixels[CENTRED, k]
    across, down = looks.pixels[ACROSS, k], looks.pixels[DOWN, k]
    sums, spare = np.zeros(5 * _LANES, np.float32), np.zeros((5, _BLOCK), np.float32)
    whole = len(seen) - len(seen) % _BLOCK
    for i in range(0, whole, _BLOCK):
        _add_differences(
            seen[i : i + _BLOCK], mean, weight[i : i + _BLOCK], centred[i : i + _BLOCK], across[i : i + _BLOCK],
            down[i : i + _BLOCK], sums,
        )  # fmt: skip
    _add_differences(
        _rest(seen, whole, spare[0]), mean, _rest(weight, whole, spare[1]), _rest(centred, whole, spare[2]),
        _rest(across, whole, spare[3]), _rest(down, whole, spare[4]), sums,
    )  # fmt: skip
    _join(sums)
    return sums[0], sums[_LANES], sums[2 * _LANES], sums[3 * _LANES], sums[4 * _LANES]


@compiled
def _add_differences(
    seen: Image, mean: np.float32, weight: Image, centred: Image, across: Image, down: Image, sums: Image
) -> None:
    """One block of `_differences`."""
    for j in range(_LANES):
        x = y = v = one = squares = np.float32(0.0)
        for row in range(_ROWS):
            i = row * _LANES + j
            d = seen[i] - mean - centred[i]
            w = weight[i] * d
            x += w * across[i]
            y += w * down[i]
            v += w * centred[i]
            one += w
            squares += w * d
        sums[j] += x
        sums[_LANES + j] += y
        sums[2 * _LANES + j] += v
        sums[3 * _LANES + j] += one
        sums[4 * _LANES + j] += squares


@compiled
def _rest(pixels: Image, start: int, block: Image) -> Image:
    """``block`` of zeros (`_BLOCK`,) with the pixels from ``start`` on at its beginning: zeros add nothing."""
    for i in range(start, len(pixels)):
        block[i - start] = pixels[i]
    return block


@compiled
def _join(sums: Image) -> None:
    """Adds the `_LANES` parts of each sum into its first one, half of them to the other half."""
    half = _LANES // 2
    while half:
        for first in range(0, len(sums), _LANES):
            for j in range(first, first + half):
                sums[j] += sums[j + half]
        half //= 2


@compiled
def settle(
    image: Image, centres: Array, step: int, side: int, looks: Looks, which: Numbers, start_px: Array,
    more: int, close_px: float, settled_px: float,
) -> tuple[Array, Array, Array, NDArray[np.bool_]]:  # fmt: skip
    """Gauss-Newton steps of some windows, from ``start_px`` (n, 2), until each has settled.

    A first step no longer than ``close_px`` is the only one; up to ``more`` follow until one is no longer than
    ``settled_px``. Pixels are those of the finest level, of which ``step`` make one of this level; ``centres`` are in
    pixels of this level.

    Returns displacement (n, 2), the share of variance that the reference explains (n,) and the residual (n,) root mean
    square, both before the last step, and (n,) whether a window was still moving.
    """
    n = len(which)
    shift, match, residual = start_px.copy(), np.zeros(n), np.zeros(n)
    moving = np.zeros(n, np.bool_)
    seen = np.empty(side * side, np.float32)
    p, known = np.zeros(4), np.zeros(4)
    for row in range(n):
        k = which[row]
        inverse, normal = looks.matrices[_INVERSE, k], looks.matrices[_NORMAL, k]
        explains = looks.matrices[_EXPLAINS, k]
        moving[row] = True
        for again in range(more + 1):
            _cut(image, centres[k, 0] + shift[row, 0] / step, centres[k, 1] + shift[row, 1] / step, side, seen)
            known[0], known[1], known[2], known[3], squares = _differences(seen, looks, k)
            explained = slope = offset = 0.0
            for a in range(4):
                p[a] = 0.0
                for b in range(4):
                    p[a] += inverse[a, b] * known[b]
            for a in range(4):
                slope += normal[2, a] * p[a]
                offset += normal[3, a] * p[a]
                for b in range(4):
                    explained += p[a] * explains[a, b] * p[b]
            rest = max(squares - explained, 0.0)
            # The variance of the picture in the window, from that of the reference and their difference.
            power = looks.numbers[POWER, k] + 2.0 * slope + squares - offset * offset / looks.numbers[TOTAL, k]
            match[row] = 1.0 - rest / max(power, 1e-6)
            residual[row] = np.sqrt(rest / looks.numbers[TOTAL, k])
            # The solution says how far the reference must move to look like the picture. A brighter picture has
            # steeper slopes than the reference, by the gain.
            gain = min(max(1.0 + p[2], _LEAST_GAIN), _MOST_GAIN)
            x = min(max(-p[0] / gain, -_LONGEST), _LONGEST) * step
            y = min(max(-p[1] / gain, -_LONGEST), _LONGEST) * step
            shift[row, 0] += x
            shift[row, 1] += y
            if max(abs(x), abs(y)) <= (close_px if again == 0 else settled_px):
                moving[row] = False
                break
    return shift, match, residual, moving
