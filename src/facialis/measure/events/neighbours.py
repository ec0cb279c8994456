"""What the peaks around one say of it: pulses of a train are alike, a face that moves is lively all over.

The rule of kinds judges each peak alone, and a train raises the noise around its own pulses. Clonic spasm repeats the
same pull of the same skin within a second, a head that is shaken does not leave the other side still, and speech
seldom repeats one corner of the mouth. So each peak is judged a second time, with what was said of its neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facialis.measure.events.candidates import Candidate
from facialis.measure.events.evidence import DURATIONS_S, geometry
from facialis.measure.events.kinds import COMPANY, probability_in_company, twitch_probability
from facialis.measure.events.shape import Shape

__all__ = ["company_of", "movement", "probabilities"]

Array = NDArray[np.float64]

_TRAIN_S = 2.0  # chosen: clonic pulses follow each other by less than half a second; 1 - 2 s give the same table
_AFAR_S = 15.0  # chosen: a spasm comes back in the same muscles; 10 - 30 s
_ALIKE = 0.8  # chosen: cosine between two pulses of a train; 0.8 - 0.95
_AKIN = 0.5  # chosen: the same muscles, otherwise mixed; 0.4 - 0.6
_SIZES = 0.7  # chosen: pulses of a train differ in size by less than a factor of two; 0.5 - 1
_SURE = 1e-3  # chosen: what is surer than this counts no more; 1e-4 - 0.01
_NONE = float(np.log(_SURE))  # the log odds of a neighbour that is not there
_LEAST_IOD = 1e-4  # chosen: a hundredth of a pixel at the raster's scale, so that logarithms stay finite


def probabilities(peaks: Sequence[Candidate]) -> Array:
    """Give the probability that each peak of one recording is a one-sided twitch rather than anything else.

    Parameters
    ----------
    peaks
        All candidates of one recording, over all its stretches, in any order.

    Returns
    -------
    array
        (peak,), 0–1, in the order of ``peaks``.

    Raises
    ------
    KnowledgeError
        The rule was fitted for other features.

    Notes
    -----
    Each peak is judged alone, then again with what was said of those within 2 s and of those like it within 15 s, also
    across a gap. What a gap hides is no company, so a train that is cut is less sure. Frame rate enters only through
    the peaks. It is the probability of "was put in" among such peaks of the recordings that the rule was fitted to, not
    that of an illness.

    Source
    ------
    ``docs/reference/method.md``, chapter 8, "Company".

    Examples
    --------
    >>> probabilities(find_candidates(stretch).peaks)  # doctest: +SKIP
    array([0.02, 0.95, 0.97, 0.01])
    """
    alone = np.array([twitch_probability(peak.features) for peak in peaks])
    return np.array([probability_in_company(row) for row in company_of(peaks, alone)])


def company_of(peaks: Sequence[Candidate], alone: Array) -> Array:
    """Values of `facialis.measure.events.kinds.COMPANY` (peak, feature), all finite.

    ``peaks`` are those of one recording, in any order; ``alone`` (peak,) is what the rule of kinds says of each by
    itself.
    """
    rows = np.zeros((len(peaks), len(COMPANY)))
    if not peaks:
        return rows
    order = np.argsort([p.time_s for p in peaks], kind="stable")
    peaks = [peaks[k] for k in order]
    sure = np.clip(np.asarray(alone)[order], _SURE, 1 - _SURE)
    odds = np.log(sure / (1 - sure))
    time, side = np.array([p.time_s for p in peaks]), np.array([p.side for p in peaks])
    shaped = np.array([p.shape is not None for p in peaks])
    size = np.log(np.array([p.shape.amplitude_iod if p.shape else 0.0 for p in peaks]) + _LEAST_IOD)
    moved = np.stack([_direction(p) for p in peaks])
    for i, peak in enumerate(peaks):
        # Of an hour only what is near is looked at.
        around = slice(*np.searchsorted(time, [time[i] - _AFAR_S, time[i] + _AFAR_S]))
        away, odds_of = np.abs(time[around] - time[i]), odds[around]
        others = np.arange(len(peaks))[around] != i
        mine, there, likeness = side[around] == side[i], shaped[around], moved[around] @ moved[i]
        near = others & (away < _TRAIN_S)
        same = near & mine & there & shaped[i]
        alike = same & (likeness > _ALIKE) & (np.abs(size[around] - size[i]) < _SIZES)
        mirrored = near & ~mine & there & (likeness > _ALIKE)
        afar = others & ~near & mine & there & shaped[i] & (likeness > _ALIKE)
        rows[order[i]] = [
            odds[i],
            *_highest(odds_of[alike], 3),
            *_highest(odds_of[same & (likeness > _AKIN)], 2),
            *_highest(odds_of[same & (likeness <= _AKIN)], 1),
            *_highest(odds_of[near & ~mine], 1),
            alike.sum(),
            near.sum(),
            mirrored.sum(),
            *_highest(odds_of[afar], 1),
            size[i],
            np.log(DURATIONS_S[peak.scale]),
        ]
    return rows


def movement(shape: Shape) -> Array:
    """Displacement (window, 2) of the windows that evidence is taken from: in the jaw's the background comes in."""
    return np.asarray(shape.moved_iod[geometry()[1]["all"]])


def _direction(peak: Candidate) -> Array:
    """The movement of all windows as a vector of length 1; 0 where it was not seen what moved."""
    if peak.shape is None:
        return np.zeros(2 * len(geometry()[1]["all"]))
    moved = movement(peak.shape).ravel()
    return np.asarray(moved / (np.linalg.norm(moved) + _LEAST_IOD**2))


def _highest(odds: Array, count: int) -> list[float]:
    """The highest, in order, and as many that are not there as are missing."""
    best = [float(value) for value in np.sort(odds)[::-1][:count]]
    return best + [_NONE] * (count - len(best))
