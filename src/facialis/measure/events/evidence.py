"""Evidence for one-sided movement over a stretch of recording, for durations from one frame to 0.7 s."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import RecordError
from facialis.core.records import Motion
from facialis.measure.regions import groups, patterns, region_points, regions, template, unions, window_index
from facialis.numeric.signals.detection import Evidence, Noise, weigh
from facialis.numeric.signals.filters import fill_gaps, pulse_kernel, segments
from facialis.numeric.signals.modes import remove_patterns

__all__ = [
    "DURATIONS_S",
    "Stretch",
    "collect",
    "evidence_for",
    "geometry",
    "group_sizes",
    "significance",
    "stretches",
    "without_head",
]

Array = NDArray[np.float64]

DURATIONS_S = (0.034, 0.07, 0.12, 0.2, 0.35, 0.7)
"""Durations looked for, one picture at 30 Hz to the longest clonic twitch; each finds its neighbours as well."""

_ENERGY_OF = ("all", "face", "eye", "mid", "mouth")  # what is read of the evidence; the rest is not computed
_TOWARD_OF = ("face",)
_SHORTEST_S = 1.0  # chosen: less is too short to know its own noise; 0.8 - 2 s
_HEAD_FLOOR_IOD = 0.001  # chosen: a tenth of a raster pixel, the noise of a good window; 0.0005 - 0.002
_UNSEEN = 0.9  # chosen: skin that a strong movement itself hides comes back, skin that is never seen does not; 0.8 - 1
_PIECE_S = 120.0  # chosen: long against the seconds of local noise, short against memory; 60 - 300 s
_CALM_S = 5.0  # chosen: how far a cut may move to a calm moment; 2 - 10 s
_HOLE_S = 0.15  # chosen: a longer hole in time splits a stretch (video lists the same holes as gaps)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A stretch of recording in which the face was seen in every frame, on an even grid of times.

    Attributes
    ----------
    time_s
        Times (time,) in s from the first frame of the recording: those of the frames where these jitter by no more than
        2 %, else a grid.
    rate_hz
        Frames per second: the median of the whole recording.
    moved
        Displacement (time, side, window, direction) in IOD, lateral and up, without what the head does to both sides.
        Finite everywhere: a hidden window is bridged by straight lines (zero if it was never seen) before the head is
        taken out, so it may seem to move with what is taken out.
    hidden
        Where (time, side, window) a window was not seen and ``moved`` is only bridged.
    error
        Standard error (time, side, window) of the displacement in IOD; NaN where hidden.
    aperture_iod
        Eye opening (time, side) in IOD, gaps bridged; NaN for an eye whose opening was never seen in the stretch.
    pose_deg
        Yaw, pitch and roll (time, 3) in deg, gaps bridged.
    quality
        Quality (time,), 0–1, above 0.
    """

    time_s: Array
    rate_hz: float
    moved: Array
    hidden: NDArray[np.bool_]
    error: Array
    aperture_iod: Array
    pose_deg: Array
    quality: Array

    @cached_property
    def known_error(self) -> Array:
        """Standard error of each window in the middle of the stretch (2, window); 0 where it was never seen."""
        never = np.isnan(self.error).all(axis=0)
        return np.asarray(np.nanmedian(np.where(never, 0.0, self.error), axis=0))

    @cached_property
    def unseen(self) -> NDArray[np.bool_]:
        """Windows that were hardly ever seen in the stretch (2, window): nothing is concluded from them."""
        return np.asarray(self.hidden.mean(axis=0) > _UNSEEN)


def stretches(motion: Motion) -> list[Stretch]:
    """Split a recording into its usable stretches, each at least a second long, on even grids of the median rate.

    Parameters
    ----------
    motion
        Displacement (time, side, region, direction) in IOD, eye opening, pose and quality; gaps are NaN.

    Returns
    -------
    list of Stretch
        In order of time; empty if the face was never seen for a second and in 15 frames without a break.

    Raises
    ------
    RecordError
        The motion has other regions than ``regions.yaml``. Their order does not matter.

    Notes
    -----
    A frame of quality 0, a frame in which all windows are hidden, and a hole in time of more than 0.15 s (or three
    median intervals, if longer) end a stretch. A single window that is hidden does not: it is bridged and marked. Where
    intervals jitter by more than 2 % of the median one, displacement, eye opening and pose are interpolated linearly
    and the rest is taken from the nearest frame; a part that is slower than the median rate gains no detail. Stretches
    of more than about three minutes are cut into parts of about two, at a moment when the face hardly moves. A
    reference that was renewed without a gap (`facialis.measure.face.motion.track_motion`) leaves a step inside a
    stretch. Time outside stretches was not looked at, which does not mean that it was quiet.

    Source
    ------
    ``docs/reference/method.md``, chapter 5.

    Examples
    --------
    >>> sum(len(part.time_s) / part.rate_hz for part in stretches(session.motion))  # doctest: +SKIP
    58.4
    """
    motion = _as_mapped(motion)
    time = motion.time_s
    if len(time) < 2:
        return []
    interval = float(np.median(np.diff(time)))
    rate = 1.0 / interval
    good = (motion.quality > 0) & np.isfinite(motion.displacement_iod).any(axis=(1, 2, 3))
    found: list[Stretch] = []
    for run in segments(good, 2):
        cuts = np.flatnonzero(np.diff(time[run]) > max(_HOLE_S, 3 * interval)) + 1
        for part in np.split(np.arange(run.start, run.stop), cuts):
            if len(part) >= 15 and time[part[-1]] - time[part[0]] >= _SHORTEST_S:
                found += [_stretch(motion, piece, rate) for piece in _pieces(motion, part, rate)]
    return found


def _as_mapped(motion: Motion) -> Motion:
    """The motion with its regions in the order of ``regions.yaml``; RecordError if it has not just these."""
    wanted = tuple(region.name for region in regions())
    if motion.regions == wanted:
        return motion
    if sorted(motion.regions) != sorted(wanted):
        odd = ", ".join(sorted(set(motion.regions) ^ set(wanted))) or "one region stands twice"
        raise RecordError(
            f"These signals have other regions than this facialis measures ({odd}).",
            advice="Measure the recording again with this facialis.",
        )
    order = [motion.regions.index(name) for name in wanted]
    return replace(
        motion,
        regions=wanted,
        displacement_iod=motion.displacement_iod[:, :, order],
        error_iod=motion.error_iod[:, :, order],
    )


def _pieces(motion: Motion, part: NDArray[np.int64], rate: float) -> list[NDArray[np.int64]]:
    """Cuts a long run at its calmest moments, so that what is held in memory does not grow with the recording."""
    count = max(1, round(len(part) / rate / _PIECE_S))
    if count == 1:
        return [part]
    slack = round(_CALM_S * rate)
    cuts = []
    for k in range(1, count):
        nominal = k * len(part) // count
        near = part[max(1, nominal - slack) : nominal + slack]
        step = np.abs(motion.displacement_iod[near] - motion.displacement_iod[near - 1])
        cuts.append(max(1, nominal - slack) + int(np.argmin(np.nan_to_num(step, nan=0.1).sum((1, 2, 3)))))
    return list(np.split(part, cuts))


def _stretch(motion: Motion, part: NDArray[np.int64], rate: float) -> Stretch:
    time = motion.time_s[part]
    values = motion.displacement_iod[part]
    hidden = ~np.isfinite(values[..., 0])
    values = without_head(fill_gaps(values), hidden)
    aperture, pose = fill_gaps(motion.aperture_iod[part]), fill_gaps(motion.pose_deg[part])
    aperture[:, np.isnan(motion.aperture_iod[part]).all(axis=0)] = np.nan  # never seen is not shut
    error, quality = motion.error_iod[part], motion.quality[part]
    if np.std(np.diff(time)) > 0.02 / rate:  # chosen: 2 % jitter is a steady camera; resampling would only blur it
        even = np.arange(time[0], time[-1], 1.0 / rate)
        nearest = np.clip(np.searchsorted(time, even), 1, len(time) - 1)
        nearest -= (even - time[nearest - 1]) < (time[nearest] - even)
        values, aperture, pose = (_resample(v, time, even) for v in (values, aperture, pose))
        hidden, error, quality, time = hidden[nearest], error[nearest], quality[nearest], even
    return Stretch(
        time_s=time,
        rate_hz=rate,
        moved=values,
        hidden=hidden,
        error=error,
        aperture_iod=aperture,
        pose_deg=pose,
        quality=quality,
    )


def without_head(values: Array, hidden: NDArray[np.bool_]) -> Array:
    """Takes out what a small movement of the head would do to all windows of both sides together."""
    shape = values.shape
    seen = np.repeat(~hidden, 2, axis=2).reshape(len(values), -1).astype(np.float64)
    head, which = geometry()[:2]
    edge = np.setdiff1d(np.arange(shape[2]), which["all"])
    seen.reshape(shape)[:, :, edge] = 0.0
    return remove_patterns(values.reshape(len(values), -1), head.reshape(len(head), -1), seen, _HEAD_FLOOR_IOD).reshape(
        shape
    )


def _resample(values: Array, time: Array, even: Array) -> Array:
    flat = values.reshape(len(values), -1)
    return np.stack([np.interp(even, time, column) for column in flat.T], 1).reshape(len(even), *values.shape[1:])


@cache
def geometry() -> tuple[Array, dict[str, NDArray[np.int64]], Array, dict[str, Array]]:
    """What the evidence is weighed with: head patterns, windows of each group, directions of pull, templates.

    Shapes: (mode, 2, window, 2), (window,) each, (window, 2), (window, 2) each. Groups and templates are ``groups``,
    ``unions`` and ``patterns`` of ``regions.yaml``.
    """
    centre = template()[region_points()].mean(2)
    x, y, z = centre[..., 0], centre[..., 1], centre[..., 2] - centre[..., 2].mean()
    fields = [(z, 0 * z), (0 * z, z), (-y, x), (1 + 0 * z, 0 * z), (0 * z, 1 + 0 * z), (x, y)]
    head = np.stack([np.stack([dx, -dy], -1) for dx, dy in fields])
    head[:, 0, :, 0] *= -1.0  # lateral is away from the midline on both sides
    which = {name: window_index(*members) for name, members in {**groups(), **unions()}.items()}
    pull = np.array([region.pull for region in regions()])
    pull /= np.linalg.norm(pull, axis=1, keepdims=True)
    templates = {name: pull * share[:, None] for name, share in patterns().items()}
    return head, which, pull, templates


def collect(stretch: Stretch, doubt: Array | None = None, noise: Noise | None = None) -> list[Evidence]:
    """Weigh a stretch for each duration that fits into it at least three times over.

    Parameters
    ----------
    stretch
        Displacement (time, side, window, direction) in IOD, without gaps.
    doubt
        Factor (time, window) on the asymmetry that is ordinary there, as `facialis.measure.events.lids.lid_doubt` gives
        it; None: 1 everywhere.
    noise
        What is taken for noise; None: the defaults.

    Returns
    -------
    list of Evidence
        In the order of `DURATIONS_S`, so the item at ``k`` is for ``DURATIONS_S[k]`` seconds; fewer in a short stretch.

    Notes
    -----
    A filter has at least five frames, so at a low rate the shortest durations share one filter: the first two at 15
    frames per second, the first three at 10. See `evidence_for` for gaps.

    Source
    ------
    ``docs/reference/method.md``, chapter 5.

    Examples
    --------
    >>> evidence = collect(stretch, lid_doubt(stretch))  # doctest: +SKIP
    >>> evidence[DURATIONS_S.index(0.12)].energy["face"].shape  # doctest: +SKIP
    (1752, 2)
    """
    length = stretch.time_s[-1] - stretch.time_s[0]
    return [
        evidence_for(stretch, pulse_kernel(duration, stretch.rate_hz), doubt, noise)
        for duration in DURATIONS_S
        if 3 * duration <= length
    ]


def evidence_for(stretch: Stretch, kernel: Array, doubt: Array | None = None, noise: Noise | None = None) -> Evidence:
    """Weigh a stretch for the movement that one kernel finds, with the windows, groups and patterns of the face.

    Parameters
    ----------
    stretch
        Displacement (time, side, window, direction) in IOD, without gaps.
    kernel
        Filter (sample,) made for ``stretch.rate_hz``: `facialis.numeric.signals.filters.pulse_kernel` or
        ``step_kernel``.
    doubt
        Factor (time, window) on the asymmetry that is ordinary there; None: 1 everywhere.
    noise
        What is taken for noise; None: the defaults.

    Returns
    -------
    Evidence
        ``energy`` of the groups all, face, eye, mid and mouth, ``toward`` of face, and ``matched`` of every pattern.

    Notes
    -----
    A hidden window counts for next to nothing as long as the kernel touches it. Times within half a kernel of an end of
    the stretch rest on a continued last value. Evidence says that one side moved by itself, not that a muscle twitched:
    see `facialis.measure.events.kinds`.

    Source
    ------
    ``docs/reference/method.md``, chapter 5.

    Examples
    --------
    >>> evidence_for(stretch, pulse_kernel(0.12, stretch.rate_hz)).energy["eye"].max(0)  # doctest: +SKIP
    array([ 1.3, 24.8])
    """
    head, which, pull, templates = geometry()
    return weigh(
        stretch.moved,
        stretch.hidden,
        stretch.error,
        kernel,
        stretch.rate_hz,
        head=head,
        groups=which,
        pull=pull,
        templates=templates,
        noise=noise or Noise(),
        doubt=doubt,
        energy_of=_ENERGY_OF,
        toward_of=_TOWARD_OF,
    )


def significance(energy: Array, windows: int) -> Array:
    """An energy per degree of freedom over ``windows`` windows as a standard normal deviate (Fisher)."""
    freedom = 2 * windows
    return np.asarray(np.sqrt(2 * freedom * energy) - np.sqrt(2 * freedom - 1))


def group_sizes() -> dict[str, int]:
    """Number of windows in each group of the evidence."""
    return {name: len(index) for name, index in geometry()[1].items()}
