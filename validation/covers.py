"""What people wear before the face, or have drawn over it, or what passes: shapes with a place, a colour, and folds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["COVERS", "Cover", "box"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Cover:
    """Something over the face.

    ``place`` gives its corners (n, 2) at a time, in IOD from between the eyes, x to the right of the picture and y
    down; None while it is not there. ``stays`` says that it is there from first to last; ``fixed`` that it hangs in the
    picture, not on the face. ``colour`` is luma, Cb and Cr; ``cloth`` the contrast of its folds.
    """

    place: Callable[[float], Array | None]
    colour: tuple[float, float, float]
    stays: bool = True
    fixed: bool = False
    cloth: float = 0.0
    soft: float = 0.0
    opaque: float = 1.0


def _colour(rng: np.random.Generator, *, like_cloth: bool) -> tuple[float, float, float]:
    """White, black, grey, or any colour but those of skin: red to yellow cloth looks like it, and is not drawn."""
    kind = rng.choice(["white", "black", "grey", "hue"]) if like_cloth else rng.choice(["black", "white", "hue"])
    if kind != "hue":
        luma = {"white": rng.uniform(190, 240), "black": rng.uniform(3, 35), "grey": rng.uniform(70, 160)}[str(kind)]
        return float(luma), 128.0, 128.0
    angle, size = np.radians(rng.uniform(-150, 60)), rng.uniform(15, 50)  # of Cr over Cb: skin lies at 135 degrees
    return float(rng.uniform(80, 190)), float(128 + size * np.cos(angle)), float(128 + size * np.sin(angle))


def box(x0: float, y0: float, x1: float, y1: float) -> Array:
    """The corners of a rectangle."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def _always(corners: Array) -> Callable[[float], Array | None]:
    return lambda _time_s: corners


def _disc(x: float, y: float, radius: float, wide: float = 1.0) -> Array:
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    return np.stack([x + wide * radius * np.cos(turn), y + radius * np.sin(turn)], axis=1)


def mask(rng: np.random.Generator) -> list[Cover]:
    top, wide, low = rng.uniform(0.25, 0.6), rng.uniform(0.75, 1.0), rng.uniform(1.5, 1.75)
    corners = [
        [-wide, top + 0.2],
        [0, top],
        [wide, top + 0.2],
        [0.85 * wide, low - 0.3],
        [0, low],
        [-0.85 * wide, low - 0.3],
    ]
    return [Cover(_always(np.array(corners)), _colour(rng, like_cloth=True), cloth=float(rng.uniform(2, 12)))]


def scarf(rng: np.random.Generator) -> list[Cover]:
    top = rng.uniform(0.45, 0.9)
    return [Cover(_always(box(-1.6, top, 1.6, 2.6)), _colour(rng, like_cloth=True), cloth=float(rng.uniform(5, 25)))]


def bar(rng: np.random.Generator) -> list[Cover]:
    middle, half = rng.uniform(-0.05, 0.05), rng.uniform(0.18, 0.35)
    corners = box(-1.3, middle - half, 1.3, middle + half)
    return [Cover(_always(corners), _colour(rng, like_cloth=False), fixed=bool(rng.random() < 0.5))]


def glasses(rng: np.random.Generator) -> list[Cover]:
    radius, colour = rng.uniform(0.3, 0.4), (float(rng.uniform(5, 35)), 128.0, 128.0)
    return [Cover(_always(_disc(x, 0.05, radius, 1.15)), colour) for x in (-0.5, 0.5)]


def hair(rng: np.random.Generator) -> list[Cover]:
    side, rate, width = rng.choice([-1, 1]), rng.uniform(0.3, 0.9), rng.uniform(0.04, 0.12)
    reach, luma = rng.uniform(0.2, 0.6), float(rng.uniform(15, 90))

    def place(time_s: float) -> Array | None:
        x = side * (1.15 - reach * max(0.0, np.sin(2 * np.pi * rate * time_s)) ** 3)
        return np.array([[side * 0.9, -1.2], [side * 0.9 + width, -1.2], [x + width, 1.2], [x, 1.2]])

    return [Cover(place, (luma, 124.0, 134.0), stays=False, soft=1.0)]


def drawings(rng: np.random.Generator) -> list[Cover]:
    side, speed, radius = rng.choice([-1, 1]), rng.uniform(0.8, 2.0), rng.uniform(0.1, 0.3)
    at, colour = (
        rng.uniform(0.4, 0.8),
        (float(rng.uniform(80, 230)), float(rng.uniform(70, 190)), float(rng.uniform(70, 220))),
    )

    def place(time_s: float) -> Array | None:
        y = 1.8 - speed * (time_s % (3.6 / speed))
        return _disc(side * at + 0.1 * np.sin(4 * time_s), y, radius) if y > -1.6 else None

    return [Cover(place, colour, stays=False, fixed=True, soft=1.0)]


def reflection(rng: np.random.Generator) -> list[Cover]:
    side, radius, opaque = rng.choice([-1, 1]), rng.uniform(0.06, 0.16), float(rng.uniform(0.5, 1.0))
    period, lasts = rng.uniform(2.0, 3.5), rng.uniform(0.3, 1.0)

    def place(time_s: float) -> Array | None:
        phase = (time_s % period) / lasts
        return _disc(side * (0.15 + 0.7 * phase), 0.02, radius, 1.5) if phase < 1 else None

    return [Cover(place, (245.0, 128.0, 126.0), stays=False, soft=1.5, opaque=opaque)]


COVERS: dict[str, Callable[[np.random.Generator], list[Cover]]] = {
    "mask": mask,
    "bar": bar,
    "glasses": glasses,
    "scarf": scarf,
    "hair": hair,
    "drawings": drawings,
    "reflection": reflection,
}
