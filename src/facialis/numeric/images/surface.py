"""A surface of triangles as pixels, compiled: its texture, the light on it, and what a sensor adds.

Numbers are of single precision and are taken in the order in which they are written, so that a picture has the same
bits on every machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.compiled import compiled

__all__ = [
    "blend_samples",
    "cover",
    "lay_out",
    "light_up",
    "sense",
    "texture_charts",
    "texture_places",
    "whole",
]

Floats32 = NDArray[np.float32]
Ints = NDArray[np.int64]


@compiled
def texture_charts(planes: Floats32, ids: NDArray[np.uint16]) -> Floats32:
    """Texture coordinates (2, height, width) of a picture of triangles; 0 where there is none.

    ``planes`` (17, triangles): five values at each triangle's centre, their slopes along x and y, the centre. ``ids``
    (height, width): 1 + number of the triangle at each pixel, 0 for none.
    """
    height, width = ids.shape
    charts = np.zeros((2, height, width), np.float32)
    for i in range(height):
        for j in range(width):
            if ids[i, j]:
                t = ids[i, j] - 1
                dx, dy = np.float32(j) - planes[15, t], np.float32(i) - planes[16, t]
                charts[0, i, j] = planes[0, t] + planes[5, t] * dx + planes[10, t] * dy
                charts[1, i, j] = planes[1, t] + planes[6, t] * dx + planes[11, t] * dy
    return charts


@compiled
def lay_out(ids: NDArray[np.uint16], edge: NDArray[np.bool_], samples: int) -> tuple[Any, ...]:
    """Points to paint: one of each whole pixel, then all samples that hit something of each pixel at an edge.

    ``ids`` has ``samples`` rows and columns a pixel. Returns each point's triangle, x, y and pixel, all (points,),
    then the number of whole pixels, and for each pixel at an edge its number and its samples that hit something.
    """
    height, width = edge.shape
    middle = samples // 2
    whole, points, edges = 0, 0, 0
    for i in range(height):
        for j in range(width):
            if edge[i, j]:
                edges += 1
                for k in range(samples * samples):
                    points += ids[i * samples + k // samples, j * samples + k % samples] > 0
            elif ids[i * samples + middle, j * samples + middle]:
                whole += 1
    triangle = np.empty(whole + points, np.int64)
    x, y = np.empty(whole + points, np.float32), np.empty(whole + points, np.float32)
    pixel = np.empty(whole + points, np.int64)
    edge_pixel, hits = np.empty(edges, np.int64), np.zeros(edges, np.int64)
    one, other, last = 0, whole, 0
    for i in range(height):
        for j in range(width):
            if edge[i, j]:
                edge_pixel[last] = i * width + j
                for k in range(samples * samples):
                    row, column = i * samples + k // samples, j * samples + k % samples
                    if ids[row, column]:
                        triangle[other] = ids[row, column] - 1
                        x[other] = np.float32((column - middle) / samples)
                        y[other] = np.float32((row - middle) / samples)
                        pixel[other] = i * width + j
                        hits[last] += 1
                        other += 1
                last += 1
            elif ids[i * samples + middle, j * samples + middle]:
                triangle[one] = ids[i * samples + middle, j * samples + middle] - 1
                x[one], y[one] = np.float32(j), np.float32(i)
                pixel[one] = i * width + j
                one += 1
    return triangle, x, y, pixel, whole, edge_pixel, hits


@compiled
def texture_places(planes: Floats32, triangle: Ints, x: Floats32, y: Floats32) -> Floats32:
    """Texture coordinates and normal (5, points) of points of triangles; ``planes`` as of `texture_charts`."""
    out = np.empty((5, len(triangle)), np.float32)
    for k in range(len(triangle)):
        t = triangle[k]
        dx, dy = x[k] - planes[15, t], y[k] - planes[16, t]
        for m in range(5):
            out[m, k] = planes[m, t] + planes[5 + m, t] * dx + planes[10 + m, t] * dy
    return out


@compiled
def light_up(normal: Floats32, towards: Floats32) -> tuple[Floats32, Floats32, Floats32]:
    """How bright points are, how much they gloss, and 1 over the length of their normals, each (points,).

    ``normal`` (3, points), of any length; ``towards`` (3, 3): the directions of the main light, of the light that fills
    the shades, and midway between the main light and the eye.
    """
    count = normal.shape[1]
    bright, gloss, size = np.empty(count, np.float32), np.empty(count, np.float32), np.empty(count, np.float32)
    zero, one, tiny = np.float32(0), np.float32(1), np.float32(1e-9)
    main, rest, least, share = np.float32(0.75), np.float32(0.25), np.float32(0.38), np.float32(0.75)
    for k in range(count):
        nx, ny, nz = normal[0, k], normal[1, k], normal[2, k]
        size[k] = one / np.sqrt(nx * nx + ny * ny + nz * nz + tiny)
        key = max((nx * towards[0, 0] + ny * towards[0, 1] + nz * towards[0, 2]) * size[k], zero)
        fill = max((nx * towards[1, 0] + ny * towards[1, 1] + nz * towards[1, 2]) * size[k], zero)
        power = max((nx * towards[2, 0] + ny * towards[2, 1] + nz * towards[2, 2]) * size[k], zero)
        for _ in range(5):  # to the power 32
            power = power * power
        bright[k] = least + share * (main * key + rest * fill)
        gloss[k] = power
    return bright, gloss, size


@compiled
def blend_samples(
    picture: Floats32, colours: Floats32, pixel: Ints, whole: int, edge_pixel: Ints, hits: Ints, samples: int
) -> None:
    """Put colours (points, 3) of `lay_out`'s points into a picture (pixels, 3): at an edge the mean of its samples."""
    for k in range(whole):
        for channel in range(3):
            picture[pixel[k], channel] = colours[k, channel]
    at = whole
    parts = np.float32(samples * samples)
    for k in range(len(edge_pixel)):
        behind = np.float32(1) - np.float32(hits[k] / (samples * samples))
        for channel in range(3):
            total = 0.0
            for m in range(at, at + hits[k]):
                total += colours[m, channel]
            place = edge_pixel[k]
            picture[place, channel] = picture[place, channel] * behind + np.float32(total) / parts
        at += hits[k]


@compiled
def cover(picture: Floats32, layer: NDArray[np.float64], gain: float) -> None:
    """Lay a (height, width, 4) layer of three colours and its cover 0-1 over a (height, width, 3) picture."""
    bright = np.float32(gain)
    for i in range(picture.shape[0]):
        for j in range(picture.shape[1]):
            for channel in range(3):
                picture[i, j, channel] += layer[i, j, 3] * (layer[i, j, channel] * bright - picture[i, j, channel])


@compiled
def sense(values: Floats32, level: Floats32, noise: Floats32, gain: float, floor: float, share: float) -> None:
    """Add a sensor's noise to flat ``values``: its variance is ``gain`` times the ``level`` and ``floor``."""
    slope, least, part = np.float32(gain), np.float32(floor), np.float32(share)
    for k in range(len(values)):
        values[k] += part * np.sqrt(slope * level[k] + least) * noise[k]


@compiled
def whole(values: Floats32, shift: float) -> NDArray[np.uint8]:
    """Flat ``values`` and ``shift`` as whole numbers within 0-255; halves go to the even one."""
    out = np.empty(len(values), np.uint8)
    more, least, most = np.float32(shift), np.float32(0), np.float32(255)
    for k in range(len(values)):
        out[k] = np.uint8(min(max(np.rint(values[k] + more), least), most))
    return out
