"""One's ordinary blink: how the two sides differ over its course, learned from the film, and what departs from it.

Spasm is often set off by blinking, and then lies within the blink or just after it (Osaki 2020). No two lids blink
alike, but one person's do so much in the same way each time: the difference of the sides over a blink has a mean and a
spread of its own, and what lies far outside it is no blink.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import SIDES, Event, Interval
from facialis.measure.events.evidence import Stretch, geometry
from facialis.measure.events.lids import BLINK_S, Closure, closed_share, find_closures
from facialis.measure.regions import groups, parts, window_index
from facialis.numeric.signals.filters import correlate, pulse_kernel

__all__ = ["LEAST_BLINKS", "SETTLE_S", "Blinks", "read_blinks"]

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

LEAST_BLINKS = 11
"""So many other blinks must be known before one is judged.

Chosen on people left out of the proof: with seven others one in 37 ordinary blinks departs by 3.5 spreads, with eleven
one in 111, and by 4 spreads none.
"""
_SURE = 4.0  # chosen on people left out of the proof: one in 300 ordinary blinks exceeds it; 3.5 - 5
_DURATIONS_S = (0.12, 0.2, 0.35)  # of contractions looked for; 0.1 to 0.4 s are seen
_CLOSED = 0.3  # chosen: a mesh reads some eyes behind glasses as a third shut at most; 0.25 - 0.4
_LASTS_S = 0.9  # a blink and a spasm of up to 0.4 s that holds the lids
_BEFORE_S = 0.15  # chosen: no spasm that a blink sets off begins before it; 0.05 - 0.2
_AFTER_S = 0.5  # a spasm begins up to 0.15 s after a blink and lasts up to 0.4 s; half of it lies before its middle
SETTLE_S = 0.1  # chosen: lids still settle a tenth of a second after a closure; 0.05 - 0.2
_NEIGHBOUR_S = 0.1  # chosen: the next blink is not a part of this one; 0.05 - 0.2
_FLOOR_IOD = 0.0015  # chosen: a seventh of a raster pixel, the noise of a good window; 0.0007 - 0.003
_PRIOR = 20.0  # chosen: blinks that windows count as unrelated for, until so many are known; 6 - 30
_ORDINARY = 3.0  # chosen: blinks beyond so many spreads count for less in what is ordinary; 3 - 4
_ROUNDS = 3  # of weighing; more changes nothing
_LEAST_SHARE = 0.5  # chosen: moments and windows of a blink that must have been seen; 0.3 - 0.7
_PARTS = ("lids", "lower_lid")  # what a spasm of the eye moves (regions.yaml)
_DOUBT = 0.27  # of a departure of just so many spreads: it then counts as a twitch is asked to; 0.2 - 0.35


@dataclass(frozen=True, kw_only=True)
class Blinks:
    """What the blinks of a recording say besides that they are there.

    ``ordinary`` is how many blinks the ordinary one was learned from; ``departures`` are contractions of one side that
    it does not explain, in order of time; ``judged`` are the times of blinks that were held against it, ``untold``
    those of the others, in which none could have been told.
    """

    ordinary: int = 0
    departures: tuple[Event, ...] = ()
    judged: tuple[Interval, ...] = ()
    untold: tuple[Interval, ...] = ()

    def judges(self, time_s: float) -> bool:
        """Whether a blink that was held against the ordinary one, and its settling, goes on at this time."""
        return any(blink.start_s <= time_s < blink.stop_s for blink in self.judged)


def read_blinks(stretches: Sequence[Stretch], detector: str = "") -> Blinks:
    """Learn one person's ordinary blink and tell what departs from it.

    Parameters
    ----------
    stretches
        Of one recording: displacement (time, side, window, direction) in IOD and eye opening on even grids.
    detector
        Who says so, for the events.

    Returns
    -------
    Blinks
        Departures as events of kind ``twitch`` (s, IOD, probability 0–1), and which blinks could not be judged.

    Notes
    -----
    Blinks are laid on each other by the moments at which the eyes are half shut and half open again. Of the windows
    round the eye, right less left, pulses of 0.12 to 0.35 s are filtered out (`pulse_kernel`). Their mean and
    covariance over the film's other blinks, moment by moment, say what is ordinary; a blink never judges itself, and
    what stands out counts for less (weights of a t distribution), so spasms do not become ordinary as long as most
    blinks have none. A departure is a contraction of both lids or of the lower lid of one side by `_SURE` spreads or
    more, from 0.15 s before the eyes are half shut to 0.5 s after they are half open.

    With fewer than `LEAST_BLINKS` others nothing is said, nor of a blink cut by a gap or by the end of the film, or
    whose lids were mostly hidden. Both sides contracting alike is not seen, nor is a blink that was not found. What
    departs need not be a spasm: a wink at will does too.

    Source
    ------
    Osaki et al. 2020, doi:10.1007/s00417-019-04567-w; ``python -m validation.blink_spasms``.

    Examples
    --------
    >>> [(e.side, round(e.apex_s, 1)) for e in read_blinks(found.stretches).departures]  # doctest: +SKIP
    [('left', 12.3)]
    """
    rate_hz = stretches[0].rate_hz if stretches else 0.0
    brief = [blink for stretch in stretches for blink in _blinks(stretch) if blink.lasts_s <= _LASTS_S]
    if not brief:
        return Blinks()
    laid = _lay(brief, rate_hz)
    whole = laid.seen.mean((1, 2)) >= _LEAST_SHARE
    known = whole & np.array([blink.lasts_s <= BLINK_S for blink in brief])
    judged = whole & (known.sum() - known >= LEAST_BLINKS)
    departures: list[Event] = []
    if judged.any():
        weighed = [_weigh(asymmetry, laid.seen, known) for asymmetry in laid.asymmetry]
        spreads, sizes = (np.stack(rows, axis=1) for rows in zip(*weighed, strict=True))
        departs = judged & (np.abs(spreads).max((1, 2, 3)) >= _SURE)
        departures = [
            _departure(brief[k], laid.time_s[k], spreads[k], sizes[k], detector) for k in np.flatnonzero(departs)
        ]
    return Blinks(
        ordinary=int(known.sum()),
        departures=tuple(sorted(departures, key=lambda event: event.onset_s)),
        judged=tuple(blink.interval for blink, yes in zip(brief, judged, strict=True) if yes),
        untold=tuple(blink.interval for blink, yes in zip(brief, judged, strict=True) if not yes),
    )


@dataclass(frozen=True, kw_only=True)
class _Blink:
    """A closure, when the eyes are half shut and half open again, and what its stretch shows round the eyes.

    ``filtered`` holds right less left (time, channel) for each of `_DURATIONS_S`, ``seen`` (time, channel) where both
    sides were seen. ``after_s`` and ``before_s`` are the end of the last blink and the beginning of the next.
    """

    stretch: Stretch
    closure: Closure
    shut_s: float
    open_s: float
    filtered: tuple[Array, ...]
    seen: Bools
    after_s: float
    before_s: float

    @property
    def lasts_s(self) -> float:
        return self.closure.offset_s - self.closure.onset_s

    @property
    def interval(self) -> Interval:
        """From its onset until the lids have settled, within the stretch."""
        last_s = float(self.stretch.time_s[-1]) + 1 / self.stretch.rate_hz
        start_s = self.closure.onset_s
        return Interval(start_s=start_s, stop_s=max(start_s, min(self.closure.offset_s + SETTLE_S, last_s)))


def _blinks(stretch: Stretch) -> list[_Blink]:
    """All closures of a stretch, however long."""
    closures = find_closures(stretch, _CLOSED)
    if not closures:
        return []
    eye = window_index(*groups()["eye"])
    own, other = stretch.moved[:, 0][:, eye], stretch.moved[:, 1][:, eye]
    difference = (own - other).reshape(len(stretch.time_s), -1)
    filtered = tuple(correlate(difference, pulse_kernel(duration, stretch.rate_hz)) for duration in _DURATIONS_S)
    seen = np.repeat(~stretch.hidden[:, :, eye].any(axis=1), 2, axis=1)
    closed = np.asarray(closed_share(stretch)[0].mean(1))
    found = []
    for k, closure in enumerate(closures):
        shut_s, open_s = _half(stretch, closed, closure)
        found.append(
            _Blink(
                stretch=stretch,
                closure=closure,
                shut_s=shut_s,
                open_s=open_s,
                filtered=filtered,
                seen=seen,
                after_s=closures[k - 1].offset_s if k else float(stretch.time_s[0]),
                before_s=closures[k + 1].onset_s if k + 1 < len(closures) else float(stretch.time_s[-1]) + _NEIGHBOUR_S,
            )
        )
    return found


def _half(stretch: Stretch, closed: Array, closure: Closure) -> tuple[float, float]:
    """When the eyes are half as far shut as they will be, before the apex and after it."""
    time = stretch.time_s
    first, apex, last = (
        int(np.clip(np.searchsorted(time, t - 1e-6), 0, len(time) - 1))
        for t in (closure.onset_s, closure.apex_s, closure.offset_s)
    )
    slack, half = round(2 * SETTLE_S * stretch.rate_hz), 0.5 * closed[apex]
    return (
        _crossing(time, closed, apex, max(0, first - slack), half),
        _crossing(time, closed, apex, min(len(time) - 1, last + slack), half),
    )


def _crossing(time: Array, closed: Array, apex: int, end: int, level: float) -> float:
    """When the eyes pass a level between the apex and ``end``, between pictures too; ``end`` if they do not."""
    way = 1 if end > apex else -1
    for i in range(apex, end, way):
        if closed[i] >= level > closed[i + way]:
            return float(time[i] + (closed[i] - level) / (closed[i] - closed[i + way]) * (time[i + way] - time[i]))
    return float(time[end])


@dataclass(frozen=True, kw_only=True)
class _Laid:
    """Blinks on each other: times (blink, moment), asymmetry (duration, blink, moment, channel) in IOD, where seen."""

    time_s: Array
    asymmetry: Array
    seen: Bools


def _lay(blinks: list[_Blink], rate_hz: float) -> _Laid:
    """The middles of blinks are stretched to one length; before and after, seconds stay seconds."""
    middle_s = max(1, round(float(np.median([b.open_s - b.shut_s for b in blinks])) * rate_hz)) / rate_hz
    moment_s = np.arange(-round(_BEFORE_S * rate_hz), round((middle_s + _AFTER_S) * rate_hz) + 1) / rate_hz
    times, asymmetry, seen = [], [], []
    for blink in blinks:
        inside = blink.shut_s + moment_s / middle_s * (blink.open_s - blink.shut_s)
        after = blink.open_s + moment_s - middle_s
        at = np.where(moment_s < 0, blink.shut_s + moment_s, np.where(moment_s < middle_s, inside, after))
        time = blink.stretch.time_s
        nearest = np.clip(np.rint((at - time[0]) * rate_hz).astype(np.int64), 0, len(time) - 1)
        alone = (at > blink.after_s + _NEIGHBOUR_S / 2) & (at < blink.before_s - _NEIGHBOUR_S)
        times.append(at)
        seen.append(alone[:, None] & blink.seen[nearest])
        asymmetry.append([np.stack([np.interp(at, time, row) for row in f.T], axis=1) for f in blink.filtered])
    return _Laid(time_s=np.array(times), asymmetry=np.array(asymmetry).swapaxes(0, 1), seen=np.array(seen))


@cache
def _patterns() -> Array:
    """How far each channel goes when the point that moves most goes 1, for each of `_PARTS` (part, channel)."""
    eye, pull = window_index(*groups()["eye"]), geometry()[2]
    shares = {part.name: part.share for part in parts()}
    return np.stack([(pull * shares[name][:, None])[eye].ravel() for name in _PARTS])


def _weigh(asymmetry: Array, seen: Bools, known: Bools) -> tuple[Array, Array]:
    """How far each blink lies from the others, along the patterns of `_PARTS` and over its moments.

    Of asymmetry (blink, moment, channel) gives spreads and sizes in IOD (blink, moment, part), positive where the right
    side contracts. Mean and covariance of a blink are those of the known others, weighted.
    """
    count, _, channels = asymmetry.shape
    diagonal = np.arange(channels)
    weight = known.astype(np.float64)
    for _ in range(_ROUNDS + 1):
        each = weight[:, None, None] * seen
        others = each.sum(0) - each
        mean = ((each * asymmetry).sum(0) - each * asymmetry) / np.maximum(others, 1e-9)
        off = np.where(seen & (others >= 2), asymmetry - mean, 0.0)
        product = weight[:, None, None, None] * off[..., :, None] * off[..., None, :]
        scatter = _with_neighbours(product.sum(0) - product)
        n = np.maximum(weight.sum() - weight, 1e-9)[:, None, None, None]
        # Until many blinks are known, windows count as unrelated and all moments as alike.
        prior = np.zeros((count, 1, channels, channels))
        prior[..., diagonal, diagonal] = np.einsum("npcc->npc", scatter.mean(1, keepdims=True) / n) + _FLOOR_IOD**2
        covariance = (scatter + _PRIOR * prior) / (n + _PRIOR) * (n / np.maximum(n - 1, 1))
        covariance[..., diagonal, diagonal] += _FLOOR_IOD**2
        filters = np.linalg.solve(covariance, np.broadcast_to(_patterns().T, (*covariance.shape[:3], len(_PARTS))))
        unit = np.einsum("npcq,qc->npq", filters, _patterns())
        spreads = np.einsum("npcq,npc->npq", filters, off) / np.sqrt(unit)
        weight = known * np.minimum(1.0, (_ORDINARY / np.maximum(np.abs(spreads).max((1, 2)), 1e-9)) ** 2)
    # The size is read alike at all moments: a filter's flank may stand out of a moment at which little else happens.
    level = np.linalg.solve(covariance.mean(1), np.broadcast_to(_patterns().T, (count, channels, len(_PARTS))))
    sizes = np.einsum("ncq,npc->npq", level, off) / np.einsum("ncq,qc->nq", level, _patterns())[:, None]
    return spreads, sizes


def _with_neighbours(scatter: Array) -> Array:
    """The mean over each moment (axis 1) and those beside it, since few blinks say little of one alone."""
    padded = np.concatenate([scatter[:, :1], scatter, scatter[:, -1:]], axis=1)
    return np.asarray((padded[:, :-2] + padded[:, 1:-1] + padded[:, 2:]) / 3)


def _departure(blink: _Blink, time_s: Array, spreads: Array, sizes: Array, detector: str) -> Event:
    """The contraction that explains a blink's spreads (duration, moment, part): where its size is largest."""
    part = int(np.abs(spreads).max((0, 1)).argmax())
    duration, moment = np.unravel_index(int(np.abs(sizes[..., part]).argmax()), sizes.shape[:2])
    size, most = float(sizes[duration, moment, part]), float(np.abs(spreads).max())
    first_s, last_s = float(blink.stretch.time_s[0]), float(blink.stretch.time_s[-1]) + 1 / blink.stretch.rate_hz
    apex_s = float(np.clip(time_s[moment], first_s, last_s))
    half_s = _DURATIONS_S[duration] / 2
    onset_s = max(first_s, apex_s - half_s)
    return Event(
        onset_s=onset_s,
        duration_s=min(last_s, apex_s + half_s) - onset_s,
        trial_type="twitch",
        side=SIDES[0] if size > 0 else SIDES[1],
        regions=("orbicularis_oculi",),
        apex_s=apex_s,
        amplitude_iod=abs(size),
        probability=1.0 - _DOUBT * (_SURE / most) ** 2,
        detector=detector,
    )
