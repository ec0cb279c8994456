"""What noise alone hardly exceeds: the deviates that evidence, and a movement by itself, have to reach."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from facialis.measure.events.candidates import Candidates

__all__ = ["least_above_noise", "noise_threshold"]

Array = NDArray[np.float64]

_LOOKS = 6.0  # independent looks a picture: two sides, about three groups and durations that do not overlap; 3 - 12
_LOOKS_OF_RULE = 0.5  # looks a picture that the rule leaves: so many keep the asked-for rate in white noise; 0.25 - 2.5
_HIGHEST = 7.0  # chosen: a face in motion asks for more than this, but then the rule of kinds.yaml decides; 6 - 10


def noise_threshold(candidates: list[Candidates], rate_per_min: float, minutes: float) -> float:
    """Give the deviate that noise alone exceeds ``rate_per_min`` times per minute.

    Parameters
    ----------
    candidates
        Of all stretches; their deviates (time, side) are read.
    rate_per_min
        False alarms per minute of usable time.
    minutes
        Usable time in min.

    Returns
    -------
    float
        At most 7, and up to that no less than Gaussian noise asks for; at least 6 if neither side has 20 peaks.

    Notes
    -----
    Heights of the peaks of a noise process fall off exponentially above their median; the rate of fall is taken from
    the quieter side of the face, since twitches raise the other's. Gaussian noise asks for less at a lower frame rate.
    A twitch need not reach the threshold: see `facialis.measure.events.decision.detect`.

    Source
    ------
    ``docs/reference/method.md``, chapter 6.

    Examples
    --------
    >>> noise_threshold([], 0.2, 1.0)
    6.0
    """
    bounds: list[float] = []
    for side in (0, 1):
        tops = np.concatenate([_tops(c.deviate[:, side]) for c in candidates]) if candidates else np.zeros(0)
        if len(tops) < 20:
            continue
        middle, high = np.quantile(tops, [0.5, 0.75])
        fall = (high - middle) / np.log(2.0)  # from half of the peaks to a quarter is a factor of two
        expected = max(rate_per_min * minutes, 1e-6)
        bounds.append(float(middle + fall * np.log(max(0.5 * len(tops) / expected, 1.0))))
    # Never below what Gaussian noise alone would ask for, never so high that nothing can be found.
    least = _gaussian(candidates, rate_per_min, minutes, _LOOKS)
    return float(np.clip(min(bounds, default=6.0), min(least, _HIGHEST), _HIGHEST))


def least_above_noise(candidates: list[Candidates], rate_per_min: float, minutes: float) -> float:
    """The deviate against quiet parts that a movement must reach: noise that the rule of kinds leaves hardly does."""
    return _gaussian(candidates, rate_per_min, minutes, _LOOKS_OF_RULE)


def _gaussian(candidates: list[Candidates], rate_per_min: float, minutes: float, looks: float) -> float:
    """The deviate that Gaussian noise exceeds ``rate_per_min`` times a minute, at so many looks a picture."""
    looks *= sum(len(c.deviate) for c in candidates) / max(minutes, 1e-6)
    return float(-ndtri(min(rate_per_min / max(looks, 1e-6), 0.5)))


def _tops(values: Array) -> Array:
    return np.asarray(values[1:-1][(values[1:-1] > values[:-2]) & (values[1:-1] >= values[2:])])
