"""Which windows lie beyond the edge of the picture: there is nothing to measure, whatever the warp puts there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from facialis.numeric.images.similarity import Similarity

__all__ = ["beyond_picture"]

Array = NDArray[np.float64]

_OUTSIDE = 0.05  # chosen: share of a window's weight beyond the edge, where the edge's own pixels go on; 0.02 - 0.07
_WITHIN = 3.0  # standard deviations from the edge at which a window lies wholly in the picture


def beyond_picture(centres: Array, sigma_px: Array, to_raster: Similarity, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Whether more than a twentieth of the weight of each window lies outside the picture (n,).

    Parameters
    ----------
    centres
        (n, 2) of the windows in the raster.
    sigma_px
        Standard deviation (n, 2) of their Gaussian weight across and along the raster, in its pixels.
    to_raster
        What brings the picture to the raster.
    shape
        Height and width of the picture.
    """
    back = to_raster.inverse
    places = back.of(centres) + 0.5  # pixels have their middle at whole numbers, the picture begins half a pixel before
    size = np.array([shape[1], shape[0]], dtype=np.float64)
    room = np.minimum(places, size - places)
    if room.min() > _WITHIN * sigma_px.max() * back.scale:
        return np.zeros(len(centres), np.bool_)
    # How wide each weight is across and along the picture, whose axes are turned against the raster's.
    turned = np.array([[back.turn.real, back.turn.imag], [back.turn.imag, back.turn.real]]) ** 2
    spread = np.sqrt(sigma_px**2 @ turned)
    inside = np.prod(ndtr((size - places) / spread) - ndtr(-places / spread), axis=1)
    return np.asarray(inside < 1.0 - _OUTSIDE)
