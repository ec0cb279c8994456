"""The best that a signal can do on given clips when its threshold is chosen knowing the truth: what flatters it most.

Every peak of a signal is a report with a height. For each setting of each method the threshold is set where the pooled
F1, or the share found at so many false reports a minute, is highest; nobody could know it beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d, median_filter
from scipy.signal import find_peaks, savgol_filter

from facialis.core.records import Event
from facialis.numeric.signals.filters import pulse_kernel
from validation.matching import WITHIN_S
from validation.rivals import Signals
from validation.scoring import Tally, tally

__all__ = ["Best", "Case", "Reports", "best_f1", "methods", "reports_of", "size_found"]

Array = NDArray[np.float64]

_APART_S = 0.12  # as for facialis
_WIDE_S = 1.0  # the running median that a signal is taken against; chosen: 0.6 - 2 s
_TOGETHER = {
    "blendshape": (("blendshape eyeBlink", 1), ("blendshape eyeSquint", 1), ("blendshape mouthSmile", 1)),
    "landmark": (
        ("landmark eye aperture", -1),
        ("landmark lower lid, height", 1),
        ("landmark mouth corner, height", 1),
    ),
}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A clip as its rivals see it. Reports within ``keep_clear`` are not judged."""

    signals: Signals
    truth: tuple[Event, ...]
    duration_s: float
    keep_clear: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Reports:
    """All that a method could report of one clip: moments, sides (True is right), heights."""

    time_s: Array
    right: NDArray[np.bool_]
    height: Array


@dataclass(frozen=True, kw_only=True)
class Best:
    """The setting and threshold chosen in hindsight, and the strict score with them."""

    setting: str
    threshold: float
    score: Tally
    parts: tuple[Tally, ...]


def _rate(case: Case) -> float:
    return 1.0 / float(np.median(np.diff(case.signals["time_s"])))


def _prepared(values: Array, rate_hz: float, filtered: bool) -> Array:
    if filtered:
        return np.asarray(correlate1d(values, pulse_kernel(0.12, rate_hz), mode="nearest"))
    return np.asarray(values - median_filter(values, 2 * round(_WIDE_S / 2 * rate_hz) + 1, mode="nearest"))


def _peaks(values: Array, case: Case, sign: int, relative: bool) -> Reports:
    height = np.abs(values)
    if relative:
        height = height / (float(np.median(height)) + 1e-12)
    at, _ = find_peaks(height, distance=max(1, round(_APART_S * _rate(case))))
    return Reports(time_s=case.signals["time_s"][at], right=sign * values[at] > 0, height=height[at])


Setting = tuple[str, Callable[[Case], Reports]]


def _asymmetry(name: str, filtered: bool, sign: int, relative: bool) -> Setting:
    def reports(case: Case) -> Reports:
        return _peaks(_prepared(case.signals[name], _rate(case), filtered), case, sign, relative)

    return _label(name, filtered, relative), reports


def _label(name: str, filtered: bool, relative: bool) -> str:
    words = [name, *(["filtered"] if filtered else []), *(["in units of the clip's noise"] if relative else [])]
    return ", ".join(words)


def _prominent(parts: Sequence[tuple[str, int]], filtered: bool) -> Setting:
    def reports(case: Case) -> Reports:
        rows = np.stack([sign * _prepared(case.signals[name], _rate(case), filtered) for name, sign in parts])
        rows /= np.median(np.abs(rows), axis=1, keepdims=True) + 1e-12
        return _peaks(rows[np.abs(rows).argmax(0), np.arange(rows.shape[1])], case, 1, False)

    return _label("the most prominent of three", filtered, False), reports


def _asymmetries(prefix: str, names: Sequence[str]) -> list[Setting]:
    out = [
        _asymmetry(n, f, s, r)
        for n in names
        if n.startswith(prefix)
        for f in (False, True)
        for s in (1, -1)
        for r in (False, True)
    ]
    if prefix in _TOGETHER:
        out += [_prominent(_TOGETHER[prefix], f) for f in (False, True)]
    return out


def _ear_peaks(smooth: bool, tolerance_s: float) -> Setting:
    """Minima of one eye's aspect ratio without one of the other's; the height is the prominence."""

    def reports(case: Case) -> Reports:
        rate = _rate(case)
        found = []
        for eye in ("ear right", "ear left"):
            values = -case.signals[eye]
            if smooth:
                window = max(5, round(0.12 * rate) // 2 * 2 + 1)
                values = savgol_filter(values, window, 2)
            at, facts = find_peaks(values, distance=max(1, round(0.1 * rate)), prominence=0.0)
            found.append((case.signals["time_s"][at], np.asarray(facts["prominences"])))
        time, right, height = [], [], []
        for side, ((times, own), (others, theirs)) in enumerate((found, found[::-1])):
            for t, h in zip(times, own, strict=True):
                near = np.abs(others - t) <= tolerance_s
                # A partner at least half as deep makes it a blink of both eyes.
                if not (near & (theirs >= 0.5 * h)).any():
                    time.append(t)
                    right.append(side == 0)
                    height.append(h)
        return Reports(time_s=np.array(time), right=np.array(right, bool), height=np.array(height))

    return f"partner within {1e3 * tolerance_s:.0f} ms" + (", smoothed" if smooth else ""), reports


def _ear_difference(longest_s: float) -> Setting:
    """Runs of the relative difference beyond a multiple of the clip's own standard deviation, the short ones.

    The height of a report is that multiple; a run is cut where the difference falls to half of its top.
    """

    def reports(case: Case) -> Reports:
        right, left = case.signals["ear right"], case.signals["ear left"]
        values = (right - left) / np.maximum((right + left) / 2, 1e-6)
        values = (values - np.median(values)) / (float(np.std(values)) + 1e-12)
        rate = _rate(case)
        height = np.abs(values)
        at, _ = find_peaks(height, distance=max(1, round(_APART_S * rate)))
        kept = []
        for k in at:
            low = np.flatnonzero(height < height[k] / 2)
            before, after = low[low < k], low[low > k]
            start = before[-1] if before.size else 0
            stop = after[0] if after.size else len(height)
            if (stop - start) / rate <= longest_s:
                kept.append(int(k))
        index = np.array(kept, int)
        # The eye that closes has the smaller ratio.
        return Reports(time_s=case.signals["time_s"][index], right=values[index] < 0, height=height[index])

    return f"clonic up to {longest_s:g} s", reports


def methods(names: Sequence[str]) -> dict[str, list[Setting]]:
    """All methods with all their settings, for signals of these names."""
    return {
        "eye-aspect-ratio peaks": [_ear_peaks(s, t) for s in (False, True) for t in (0.04, 0.1, 0.2)],
        "relative eye-aspect-ratio difference": [_ear_difference(t) for t in (0.5, 1.0, 2.0)],
        "blendshape asymmetry": _asymmetries("blendshape", names),
        "mesh landmark asymmetry": _asymmetries("landmark", names),
        "dense optical flow (DIS), right less left": _asymmetries("flow", names),
    }


def _judged(rows: Reports, case: Case) -> Reports:
    keep = np.ones(len(rows.time_s), bool)
    for start, stop in case.keep_clear:
        keep &= ~((rows.time_s >= start) & (rows.time_s <= stop))
    return Reports(time_s=rows.time_s[keep], right=rows.right[keep], height=rows.height[keep])


def _heights(rows: Reports, truth: Sequence[Event]) -> Array:
    """For each contraction the highest report in time and on its side: below that threshold it is found."""
    out = np.full(len(truth), -np.inf)
    for i, event in enumerate(truth):
        near = (np.abs(rows.time_s - event.apex_s) <= WITHIN_S) & (rows.right == (event.side == "right"))
        if near.any():
            out[i] = rows.height[near].max()
    return out


def reports_of(rows: Reports, threshold: float) -> list[Event]:
    """Reports as high as ``threshold``, as events."""
    return [
        Event(
            onset_s=float(t),
            duration_s=0.0,
            trial_type="twitch",
            side="right" if right else "left",
            regions=(),
            apex_s=float(t),
            amplitude_iod=0.0,
            probability=0.5,
            detector="rival",
        )
        for t, right, h in zip(rows.time_s, rows.right, rows.height, strict=True)
        if h >= threshold
    ]


def _strict(cases: Sequence[Case], rows: Sequence[Reports], threshold: float) -> tuple[Tally, ...]:
    return tuple(tally(c.truth, reports_of(r, threshold), c.duration_s) for c, r in zip(cases, rows, strict=True))


def best_f1(cases: Sequence[Case], settings: Sequence[Setting], *, most_false_per_min: float = np.inf) -> Best:
    """The setting and threshold of the highest pooled F1, with no more than so many false reports a minute."""
    minutes = sum(case.duration_s for case in cases) / 60
    count = sum(len(case.truth) for case in cases)
    best: tuple[float, str, float, list[Reports]] | None = None
    for label, make in settings:
        rows = [_judged(make(case), case) for case in cases]
        heights = np.sort(np.concatenate([r.height for r in rows]))[::-1]
        tops = np.sort(np.concatenate([_heights(r, c.truth) for r, c in zip(rows, cases, strict=True)]))[::-1]
        tops = tops[np.isfinite(tops)]
        if not tops.size:
            continue
        reported = np.searchsorted(-heights, -tops, side="right")
        found = np.searchsorted(-tops, -tops, side="right")
        f1 = 2 * found / (count + reported)
        f1[(reported - found) / minutes > most_false_per_min] = -1.0
        k = int(f1.argmax())
        if f1[k] >= 0 and (best is None or f1[k] > best[0]):
            best = (float(f1[k]), label, float(tops[k]), rows)
    if best is None:
        nothing = tuple(tally(c.truth, [], c.duration_s) for c in cases)
        return Best(setting="none", threshold=np.inf, score=sum(nothing, Tally()), parts=nothing)
    parts = _strict(cases, best[3], best[2])
    return Best(setting=best[1], threshold=best[2], score=sum(parts, Tally()), parts=parts)


def size_found(shares: Sequence[tuple[float, float]], wanted: float = 0.9) -> float:
    """Size from which on ``wanted`` are found, between those tried by the logarithm; infinite beyond the largest."""
    last: tuple[float, float] | None = None
    rows = sorted(shares)
    for k, (size, part) in enumerate(rows):
        if part >= wanted and all(p >= wanted - 0.1 for _, p in rows[k:]):
            if last is None:
                return size
            x = (wanted - last[1]) / (part - last[1])
            # At exactly nine in ten the logarithm must not end beyond the size itself.
            return min(float(np.exp(np.log(last[0]) + x * (np.log(size) - np.log(last[0])))), size)
        last = (size, part)
    return float("inf")
