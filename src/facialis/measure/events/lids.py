"""Blinks: both eyes close together and open again within half a second.

Read from the mesh's eye opening, which is right about both eyes closing together (a plausible face) and nearly blind to
one lid moving alone; one-sided lids are read from the pixels elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, percentile_filter

from facialis.core.records import Event, Kind
from facialis.measure.events.evidence import Stretch
from facialis.measure.regions import groups, regions, window_index
from facialis.numeric.signals.filters import segments

__all__ = ["BLINK_S", "Closure", "closed_share", "find_closures", "lid_doubt", "lid_events"]

Array = NDArray[np.float64]

BLINK_S = 0.5
"""A blink is over in 0.4 s (Sforza 2008, PMID 18565090) and a margin for the edges."""

_OPEN_S = 4.0  # chosen: the open lid is the 80 % quantile of four seconds; 3 - 8 s
_CLOSED = 0.4  # partial blinks reach 51-75 % of full excursion (Sforza 2008, PMID 18565090)
_LEAST_OPEN = 0.6  # chosen: an open eye varies by less than this with gaze and pose; 0.5 - 0.7
_EDGE = 0.25  # chosen: share of the excursion at which a closure begins and ends; 0.15 - 0.3
_NEAR_S = 0.12  # chosen: lids still settle a tenth of a second after a closure; 0.08 - 0.2
_DOUBT = 4.0  # chosen: eyes open asynchronously, so lids may differ by all of their travel (0.35 x 4); 3 - 6
_LEAST_SIDE = 0.5  # chosen: the lesser eye closes at least half as far, else it is no blink; 0.4 - 0.6


@dataclass(frozen=True, kw_only=True)
class Closure:
    """Both eyes closing: times in seconds, ``depth`` 0-1 of the open aperture, ``amplitude_iod`` lid travel."""

    onset_s: float
    apex_s: float
    offset_s: float
    depth: float
    amplitude_iod: float


def closed_share(stretch: Stretch) -> tuple[Array, Array]:
    """Give how far each eye is closed at each moment, against the open eye of the seconds around.

    Parameters
    ----------
    stretch
        Its ``aperture_iod`` (time, side) in IOD is all that is read.

    Returns
    -------
    closed : array
        (time, side), 0 open to 1 closed.
    opened : array
        Opening (time, side) in IOD that counts as open: the 80 % quantile of the four seconds around, but no less than
        0.6 of the stretch's 90 % quantile.

    Notes
    -----
    A gap within the stretch is bridged before, so it reads as a straight line; an eye that was never seen in it reads
    as open. At a low rate a blink that falls between
    two frames is not there. Both eyes of a stretch in which they hardly ever open read as open. The mesh reads a wholly
    shut eye as about three quarters closed, and is nearly blind to one lid that moves alone: the difference between the
    sides does not measure a one-sided spasm.

    Source
    ------
    ``docs/reference/events.md``, ``blink``.

    Examples
    --------
    >>> closed, opened = closed_share(stretch)  # doctest: +SKIP
    >>> closed.max(0)  # doctest: +SKIP
    array([0.78, 0.75])
    """
    half = max(1, round(_OPEN_S * stretch.rate_hz / 2))
    size = (2 * half + 1, 1)
    # An eye that was never seen is not known to be shut.
    seen = np.isfinite(stretch.aperture_iod).all(axis=0)
    aperture = np.where(seen, stretch.aperture_iod, 1.0)
    opened = percentile_filter(aperture, 80, size=size, mode="nearest")
    opened = np.maximum(gaussian_filter1d(opened, 0.3 * stretch.rate_hz, axis=0), 1e-3)
    # Eyes that stay shut for longer than the window must not become the open eye.
    opened = np.maximum(opened, _LEAST_OPEN * np.quantile(aperture, 0.9, axis=0))
    return np.clip(1.0 - aperture / opened, 0.0, 1.0), opened


def find_closures(stretch: Stretch, least: float = _CLOSED) -> list[Closure]:
    """Find all two-sided closures of the eyes in a stretch, however long.

    Parameters
    ----------
    stretch
        Its ``aperture_iod`` (time, side) in IOD is read.
    least
        How far (0–1) both eyes together must close.

    Returns
    -------
    list of Closure
        In order of time: onset, apex and offset in s, depth 0–1, travel of the lids in IOD. One of 0.5 s or less is
        reported as a blink, a longer one as an expression.

    Notes
    -----
    A closure lasts while either eye is closed by more than 0.25; both together reach ``least`` on average, and the
    lesser eye half of what the other does. Two in a row are parted where the eyes half open between them. A closure
    that a gap or the end of the stretch cuts ends there. At a low rate short blinks are shallow or missed. It does not
    say whether the person meant to, nor finds one eye that closes alone.

    Source
    ------
    Sforza et al. 2008, PMID 18565090; ``docs/reference/events.md``, ``blink``.

    Examples
    --------
    >>> [round(closure.offset_s - closure.onset_s, 2) for closure in find_closures(stretch)]  # doctest: +SKIP
    [0.23, 0.27]
    """
    closed, opened = closed_share(stretch)
    both, more = closed.min(1), closed.max(1)
    time, found = stretch.time_s, []
    for run in segments(more > _EDGE):
        # Two blinks in a row may not open the eye fully between them: cut where it half opens.
        for a, b in _split(closed.mean(1), run.start, run.stop):
            apex = a + int(np.argmax(closed[a:b].mean(1)))
            depth = float(closed[apex].mean())
            if depth >= least and both[a:b].max() >= _LEAST_SIDE * more[a:b].max():
                end = time[b] if b < len(time) else time[-1]
                found.append(
                    Closure(
                        onset_s=float(time[a]),
                        apex_s=float(time[apex]),
                        offset_s=float(end),
                        depth=depth,
                        amplitude_iod=float((closed[apex] * opened[apex]).mean()),
                    )
                )
    return found


def lid_doubt(stretch: Stretch) -> Array:
    """Factor (time, window) on how asymmetric lids and brows may ordinarily move: large during two-sided closures.

    A twitch during a blink is then found by the cheek and mouth, which a blink does not move.
    """
    lids = window_index(*groups()["eye"], *groups()["brow"])
    doubt = np.ones((len(stretch.time_s), len(regions())))
    for closure in find_closures(stretch):
        near = (stretch.time_s > closure.onset_s - _NEAR_S) & (stretch.time_s < closure.offset_s + _NEAR_S)
        doubt[np.ix_(np.flatnonzero(near), lids)] = _DOUBT
    return doubt


def lid_events(part: Stretch, detector: str) -> list[Event]:
    """Two-sided closures as events: a blink if brief, else an expression."""
    events = []
    for c in find_closures(part):
        kind: Kind = "blink" if c.offset_s - c.onset_s <= BLINK_S else "expression"
        probability = float(np.clip(0.5 + c.depth / 2, 0.5, 0.99))
        events.append(
            Event(
                onset_s=c.onset_s,
                duration_s=c.offset_s - c.onset_s,
                trial_type=kind,
                side="both",
                regions=("orbicularis_oculi",),
                apex_s=c.apex_s,
                amplitude_iod=c.amplitude_iod,
                probability=probability,
                detector=detector,
            )
        )
    return events


def _split(closed: Array, start: int, stop: int) -> list[tuple[int, int]]:
    part = closed[start:stop]
    if len(part) < 5:
        return [(start, stop)]
    inner = np.flatnonzero((part[1:-1] < part[:-2]) & (part[1:-1] <= part[2:])) + 1
    for i in inner:
        if part[i] < 0.5 * min(part[:i].max(), part[i:].max()):
            return [*_split(closed, start, start + int(i)), *_split(closed, start + int(i), stop)]
    return [(start, stop)]
