"""Colours of the head: one texture for skin, eyes, mouth and teeth, in several skin tones.

The CC0 skin has little detail finer than a millimetre, and neither brows nor hair. Pores, brows and cropped hair are
drawn here by a fixed random generator, the same for everybody and every run; skin tones other than ``light`` are the
same skin recoloured.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import data_bytes
from facialis.phantom.head import LAYERS, Head

__all__ = ["TONES", "Atlas", "make_atlas"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

TONES: dict[str, tuple[float, float, float]] = {
    "light": (1.08, 1.08, 1.08),
    "olive": (0.72, 0.84, 0.92),
    "brown": (0.44, 0.54, 0.68),
    "dark": (0.26, 0.32, 0.42),
}
"""Skin tones: factors on blue, green and red of the one skin there is; chosen by eye."""

_TEXELS_PER_IOD = 146.0  # measured: distance of the eye openings in skin.jpg
_FINEST = 2.0  # enlargement at which pores are drawn; chosen: 0.2 mm a texel, 1.5 - 3 looks the same at 1080p
_MARGIN = 8  # texels of flat colour round the pieces, so that interpolation never reaches a neighbour
_FLAT = {"socket": (40, 45, 90), "mouth": (22, 20, 52), "tooth": (165, 190, 198), "tongue": (62, 66, 128)}  # by eye


@dataclass(frozen=True)
class Atlas:
    """One picture that holds all colours.

    ``uv`` is (triangles, corner, 2) in texels of ``picture``; ``texels_per_iod`` is its fineness on the face.
    """

    picture: Floats32
    uv: Floats
    texels_per_iod: float

    def sample(self, u: Floats32, v: Floats32) -> Floats32:
        """Colours at texel coordinates, (n,) to (n, 3), interpolated linearly."""
        count = len(u)
        if count == 0:
            return np.empty((0, 3), np.float32)
        width = 256  # OpenCV's maps are pictures; any width does
        rows = -(-count // width)
        maps = np.zeros((2, rows * width), np.float32)
        maps[0, :count], maps[1, :count] = u, v
        out = cv2.remap(
            self.picture,
            maps[0].reshape(rows, width),
            maps[1].reshape(rows, width),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(out.reshape(-1, 3)[:count], np.float32)


def _picture(name: str) -> NDArray[np.uint8]:
    out = cv2.imdecode(np.frombuffer(data_bytes(name), np.uint8), cv2.IMREAD_COLOR)
    if out is None:
        raise KnowledgeError(f"The data file {name} is not a picture.")
    return np.asarray(out, np.uint8)


def _positions(head: Head, size: tuple[int, int], scale: float) -> Floats32:
    """(height, width, 3) place on the resting face that each texel of the skin is painted on, in shares of IOD."""
    skin = head.layer == LAYERS.index("skin")
    corners = head.skin_uv_px[skin[: len(head.skin_uv_px)]] * scale
    points = head.points({})[head.triangles[skin]] / head.iod
    out = np.full((*size, 3), np.nan, np.float32)
    numbers = np.zeros(size, np.int32)
    for number, triangle in enumerate(np.rint(corners * 16).astype(np.int32), start=1):
        cv2.fillConvexPoly(numbers, triangle, number, 8, 4)
    rows, columns = np.nonzero(numbers)
    which = numbers[rows, columns] - 1
    a, e1, e2 = corners[which, 0], corners[which, 1] - corners[which, 0], corners[which, 2] - corners[which, 0]
    p = np.stack([columns, rows], 1) - a
    area = e1[:, 0] * e2[:, 1] - e1[:, 1] * e2[:, 0]
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    s = (p[:, 0] * e2[:, 1] - p[:, 1] * e2[:, 0]) / area
    t = (e1[:, 0] * p[:, 1] - e1[:, 1] * p[:, 0]) / area
    corner = points[which]
    out[rows, columns] = (
        corner[:, 0] + s[:, None] * (corner[:, 1] - corner[:, 0]) + t[:, None] * (corner[:, 2] - corner[:, 0])
    )
    return out


def _noise(rng: np.random.Generator, size: tuple[int, int], sigma: float) -> Floats32:
    """Smooth random relief of unit size."""
    out = cv2.GaussianBlur(rng.standard_normal(size, dtype=np.float32), (0, 0), sigma)
    return np.asarray(out / out.std(), np.float32)


def _hair(head: Head, size: tuple[int, int]) -> Floats32:
    """(height, width) share of each texel of the skin that brows and cropped hair cover."""
    place = _positions(head, size, 1.0)
    x, y, z = np.abs(place[:, :, 0]), place[:, :, 1], place[:, :, 2]  # in shares of IOD; all bounds chosen by eye
    middle = 0.235 + 0.085 * np.sin(np.clip((x - 0.15) / 0.62, 0, 1) * np.pi * 0.85)
    half = 0.05 * np.clip((x - 0.11) / 0.12, 0, 1) * np.clip((0.85 - x) / 0.4, 0, 1) + 1e-4
    brow = np.clip(1.5 - np.abs(y - middle) / half, 0, 1) * (z > -0.6) * (x < 0.84) * (x > 0.12)
    line = 1.22 - 0.35 * np.clip(x - 0.55, 0, 1)
    scalp = np.clip((y - line) / 0.14, 0, 1)
    behind = np.clip((-z - 0.62 - 0.25 * np.clip(0.4 - y, 0, 1)) / 0.15, 0, 1) * np.clip((y + 0.55) / 0.2, 0, 1)
    scalp = np.maximum(scalp, behind * np.clip((1.22 - x) / 0.06, 0, 1))
    return np.asarray(np.nan_to_num(np.maximum(0.75 * brow, 0.62 * scalp)), np.float32)


def _skin(head: Head, tone: str) -> Floats32:
    """The skin at its finest, with pores, brows and hair."""
    small = _picture("head/skin.jpg")
    skin = cv2.resize(small.astype(np.float32), None, fx=_FINEST, fy=_FINEST, interpolation=cv2.INTER_CUBIC)
    rng = np.random.Generator(np.random.SFC64(20))
    size = (skin.shape[0], skin.shape[1])
    pores = 1 + 0.022 * _noise(rng, size, 0.9) + 0.022 * _noise(rng, size, 1.8)
    # Contrast of pores and blotches chosen by eye from portraits: they must be seen, and not more.
    coarse = (size[0] // 4, size[1] // 4)
    blotches = 0.018 * _noise(rng, coarse, 1.0) + 0.012 * _noise(rng, coarse, 2.5)
    pores += cv2.resize(blotches, (size[1], size[0]), interpolation=cv2.INTER_CUBIC)
    skin = skin * cv2.merge([pores * np.float32(factor) for factor in TONES[tone]])
    cover = cv2.resize(_hair(head, small.shape[:2]), (size[1], size[0]), interpolation=cv2.INTER_LINEAR)
    strands = cv2.GaussianBlur(rng.standard_normal(size, dtype=np.float32), (0, 0), 0.8, sigmaY=2.0)
    cover *= np.clip(0.78 + (0.28 / strands.std()) * strands, 0, 1)
    hair = (26.0, 32.0, 40.0)  # blue, green, red of brown hair; by eye
    return np.asarray(skin + cv2.merge([cover * (shade - skin[:, :, k]) for k, shade in enumerate(hair)]), np.float32)


@cache
def _finest(person: str, tone: str) -> Floats32:
    return _skin(Head(person), tone)


def make_atlas(head: Head, tone: str, iod_px: float) -> Atlas:
    """The colours of a head, as fine as a picture with eyes ``iod_px`` apart can show.

    Parameters
    ----------
    head
        Whose head.
    tone
        One of `TONES`.
    iod_px
        Distance of the eyes in the picture.
    """
    scale = float(np.clip(1.15 * iod_px / _TEXELS_PER_IOD, 0.2, _FINEST))
    finest = _finest(head.person, tone)
    height, width = round(finest.shape[0] / _FINEST * scale), round(finest.shape[1] / _FINEST * scale)
    skin = cv2.resize(finest, (width, height), interpolation=cv2.INTER_AREA)
    eye = _picture("head/eye.jpg")
    eye_size = int(np.clip(round(2.0 * iod_px), 32, eye.shape[0]))
    iris = cv2.resize(eye, (eye_size, eye_size), interpolation=cv2.INTER_AREA).astype(np.float32)
    grey = iris.mean(axis=2, keepdims=True)
    iris = grey + 0.55 * (iris - grey)  # chosen by eye: the picture of the eye is redder than eyes are
    patch = 4 * _MARGIN
    picture = np.zeros((max(height, eye_size + 4 * patch), width + eye_size + 2 * _MARGIN, 3), np.float32)
    picture[:height, :width] = skin
    picture[:eye_size, width + 2 * _MARGIN :] = iris
    uv = np.empty((len(head.triangles), 3, 2))
    count = len(head.skin_uv_px)
    shrink = np.array([width, height]) / (np.array(finest.shape[1::-1]) / _FINEST)
    uv[:count] = (head.skin_uv_px + 0.5) * shrink - 0.5
    uv[count:] = head.eye_uv * eye_size - 0.5 + [width + 2 * _MARGIN, 0]
    for k, (name, colour) in enumerate(_FLAT.items()):
        top, left = eye_size + k * patch, width + 2 * _MARGIN
        picture[top : top + patch, left : left + patch] = colour
        uv[head.layer == LAYERS.index(name)] = (left + patch / 2, top + patch / 2)
    return Atlas(picture=picture, uv=uv, texels_per_iod=_TEXELS_PER_IOD * scale)
