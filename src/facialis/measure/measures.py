"""The measures of a session, each with its interval; what cannot be measured is said, never shown as zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import SettingsError
from facialis.core.messages import said
from facialis.core.records import SIDES, SPASM_KINDS, Block, DetectionLimit, Event, Interval, Measure, Motion
from facialis.core.verdict import LEAST_S, why_no_zero
from facialis.measure.events.blink_course import read_blinks
from facialis.measure.events.decision import Observed
from facialis.measure.events.evidence import stretches
from facialis.measure.events.lids import closed_share
from facialis.measure.opening import opening_measures
from facialis.measure.regions import groups, muscles_of, window_index, windows_of
from facialis.measure.rest import covered_s, joined, overlap_s, rest_intervals, unseen, untold
from facialis.numeric.statistics.intervals import median_bounds, rate_bounds, share_bounds, wilson

__all__ = ["measures_of", "session_measures"]

Array = NDArray[np.float64]

_PART_S = 5.0  # chosen: longer than nearly all events, short enough that a minute has twelve; 3 - 10 s
_CLUSTERED = 1.5  # chosen: a dispersion that single events seldom have in a minute of recording; 1.3 - 2
PROBABILITY = 0.9  # of intervals of rates and shares, unless others are asked for
_SHUT = 0.6  # the mesh reads a wholly shut eye as about a quarter open (phantoms); chosen 0.55 - 0.65
_BROW_IOD = 0.004  # chosen: a quarter of a millimetre on an adult face; 0.002 - 0.008
_TOO_SHORT = "less than 10 s could be used"
_NO_REST = "no rest could be used"
_SHORT_REST = "less than 10 s at rest could be used"
_NO_TWITCH = "no twitch was seen"
_NO_ZERO = {
    "unusable": _TOO_SHORT,
    "too_little": _TOO_SHORT,
    "unseen": "none was seen, but not enough of both sides of the face could be seen",
    "too_coarse": "none was seen, but the recording is too coarse to show any but large ones",
}
_NO_EYES = "an eye was not seen well enough"


def session_measures(
    found: Observed,
    blocks: Sequence[Block],
    limits: Sequence[DetectionLimit] = (),
    *,
    probability: float = PROBABILITY,
) -> tuple[Measure, ...]:
    """Work out all measures for the whole recording, and rate and share for rest and for each block of the protocol.

    Parameters
    ----------
    found
        Events and the stretches in which they were looked for.
    blocks
        Parts of the protocol, in s from the first frame. Those of one name are taken together; one called ``rest``
        replaces the rest that is found.
    limits
        The session's detection limits in IOD; none: a zero stands as it is.
    probability
        Of the intervals of rates and of shares of time (between 0 and 1).

    Returns
    -------
    tuple of Measure
        Those of ``all``, then those of rest and of each block. Units: 1/min, share (0–1), count, iod, or none.

    Notes
    -----
    Rates are per minute of usable time: gaps do not count, and an event counts where its apex lies. With less than 10 s
    of usable time a rate, count or share of time is None, with the reason. Shares and sizes refer to the side and time
    that were seen. A low frame rate lowers counts without notice here: see the findings. A rate of 0 says nothing about
    twitches below the detection limits; where none was seen and ``limits`` say that none could have been
    (`facialis.core.verdict.why_no_zero`), rate, count and share are None with the reason.

    Source
    ------
    A page per measure in ``docs/reference/measures``.

    Examples
    --------
    >>> rows = session_measures(found, [Block(name="speech", start_s=60.0, stop_s=90.0)])  # doctest: +SKIP
    """
    rows = _of(found, found.usable, "all", limits, probability)
    parts: dict[str, list[Interval]] = {}
    for block in sorted(blocks, key=lambda b: b.start_s):
        parts.setdefault(block.name, []).extend(
            Interval(start_s=max(p.start_s, block.start_s), stop_s=min(p.stop_s, block.stop_s))
            for p in found.usable
            if min(p.stop_s, block.stop_s) > max(p.start_s, block.start_s)
        )
    if "rest" not in parts:
        rows += _rates(found, rest_intervals(found), "rest", limits, probability)
    for name, inside in parts.items():
        rows += _rates(found, joined(inside), name, limits, probability)
    return tuple(rows)


def measures_of(
    motion: Motion,
    events: Iterable[Event],
    blocks: Sequence[Block] = (),
    limits: Sequence[DetectionLimit] = (),
    *,
    probability: float = PROBABILITY,
) -> tuple[Measure, ...]:
    """Work out all measures of a recording from events: the detector's, a rater's, or a person's corrections of either.

    Parameters
    ----------
    motion
        The signals of the recording, (time, side, region, direction) as fractions of the interocular distance, as
        ``signals.parquet`` holds them.
    events
        What happened, in any order; times in seconds from the first frame.
    blocks
        Parts of the recording protocol, in seconds from the first frame. One called ``rest`` replaces the rest that is
        found.
    limits
        The session's detection limits. Where they say that no twitch could have been seen, and none was, rate, count
        and share of time are None and not zero; without them a zero stands as it is.
    probability
        Of the intervals of rates and shares of time (between 0 and 1).

    Returns
    -------
    tuple of Measure
        Each with its unit, its interval and its kind; ``value`` None where it could not be measured, with the reason.

    Raises
    ------
    SettingsError
        ``probability`` does not lie between 0 and 1.
    RecordError
        The signals have other regions than this facialis measures.

    Notes
    -----
    Rates are per minute of usable time: gaps and hidden faces do not count. Detection limits are not measures: they
    depend on the noise, not on events. A rate of zero says nothing about twitches smaller than those limits.

    Source
    ------
    A page per measure in ``docs/reference/measures``, with definition, assumptions and papers.

    Examples
    --------
    >>> kept = [e for e in session.events if e.probability > 0.8]  # doctest: +SKIP
    >>> measures_of(session.motion, kept, session.blocks, session.limits)  # doctest: +SKIP
    """
    if not 0 < probability < 1:
        raise SettingsError(**said("probability", value=repr(probability)))
    ordered = tuple(sorted(events, key=lambda event: event.onset_s))
    parts = tuple(stretches(motion))
    seen = Observed(events=ordered, stretches=parts, blinks=read_blinks(parts))
    return session_measures(seen, blocks, limits, probability=probability)


def _missing(name: str, unit: str, why: str, block: str) -> Measure:
    return Measure(name=name, value=None, unit=unit, why_not=why, block=block)


def _inside(events: Sequence[Event], parts: Sequence[Interval]) -> list[Event]:
    return [e for e in events if any(p.start_s <= e.apex_s < p.stop_s for p in parts)]


def _cells(parts: Sequence[Interval]) -> list[tuple[float, float]]:
    cells = []
    for part in parts:
        count = max(1, round(part.duration_s / _PART_S))
        edges = np.linspace(part.start_s, part.stop_s, count + 1)
        cells += list(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True))
    return cells


def _dispersion(counts: Array, expected: Array) -> float:
    """Pearson's, of counts in cells; where clustered, with what neighbours share, since trains cross edges."""
    off = counts - expected
    scale = max(float(expected.mean()), 1e-9) * (len(counts) - 1)
    dispersion = float((off**2 / np.maximum(expected, 1e-9)).sum() / (len(counts) - 1))
    if dispersion > _CLUSTERED:
        # Two neighbours' deviations are related by -1/n of the variance even if nothing is shared.
        shared = 2 * float(off[1:] @ off[:-1] + (off**2).sum() * (len(counts) - 1) / len(counts) ** 2) / scale
        dispersion += max(shared, 0.0)
    return dispersion


def _rate(
    name: str, events: list[Event], parts: Sequence[Interval], block: str, probability: float, less: Sequence[Interval]
) -> Measure:
    """The rate of events in parts, ``less`` being time that does not count."""
    usable = sum(p.duration_s - overlap_s(less, p.start_s, p.stop_s) for p in parts)
    if usable < LEAST_S:
        return _missing(name, "1/min", _too_short(usable, block), block)
    cells = _cells(parts)
    counts = np.array([sum(a <= e.apex_s < b for e in events) for a, b in cells], float)
    expected = np.array([b - a - overlap_s(less, a, b) for a, b in cells]) * len(events) / usable
    # Twitches come in trains, so they are worth fewer independent events than their number.
    known = len(cells) > 3 and len(events) > 1
    dispersion = _dispersion(counts, expected) if known else 1.0
    bounds = rate_bounds(
        len(events), usable / 60, dispersion=dispersion, parts=len(cells) if known else None, probability=probability
    )
    return Measure(
        name=name,
        value=60 * len(events) / usable,
        unit="1/min",
        low=bounds.low,
        high=bounds.high,
        probability=bounds.probability,
        interval_kind=bounds.kind,
        block=block,
    )


def _too_short(usable: float, block: str) -> str:
    if block != "rest":
        return _TOO_SHORT
    return _NO_REST if usable <= 0 else _SHORT_REST


def _no_zero(parts: Sequence[Interval], limits: Sequence[DetectionLimit]) -> str:
    """Why no zero may be given for twitches in this time; empty if it may."""
    return _NO_ZERO.get(why_no_zero(sum(p.duration_s for p in parts), limits) or "", "")


def _rates(
    found: Observed, parts: Sequence[Interval], block: str, limits: Sequence[DetectionLimit], probability: float
) -> list[Measure]:
    inside = _inside(found.events, parts)
    twitches = [e for e in inside if e.trial_type == "twitch"]
    rows = [
        _rate("twitch_rate_per_min", twitches, parts, block, probability, untold(found)),
        _share("spasm_share", [e for e in found.events if e.trial_type in SPASM_KINDS], parts, block, probability),
    ]
    why = _no_zero(parts, limits)
    return [_missing(row.name, row.unit, why, block) if why and row.value == 0 else row for row in rows]


def _share(name: str, events: list[Event], parts: Sequence[Interval], block: str, probability: float) -> Measure:
    usable = sum(p.duration_s for p in parts)
    if usable < LEAST_S:
        return _missing(name, "share", _too_short(usable, block), block)
    cells = _cells(parts)
    length = np.array([b - a for a, b in cells])
    covered = np.array([covered_s(events, a, b) for a, b in cells]) / length
    return _share_of(name, covered, length, block, probability)


def _share_of(name: str, parts: Array, weights: Array, block: str, probability: float) -> Measure:
    value = float((parts * weights).sum() / weights.sum())
    whole = Measure(name=name, value=value, unit="share", block=block)
    bounds = share_bounds(parts, weights, probability=probability)
    if bounds is None:
        return whole
    return replace(
        whole,
        low=min(bounds.low, value),
        high=max(bounds.high, value),
        probability=bounds.probability,
        interval_kind=bounds.kind,
    )


def _of(
    found: Observed, parts: Sequence[Interval], block: str, limits: Sequence[DetectionLimit], probability: float
) -> list[Measure]:
    inside = _inside(found.events, parts)
    twitches = [e for e in inside if e.trial_type == "twitch"]
    spasms = [e for e in inside if e.trial_type in SPASM_KINDS]
    usable = sum(p.duration_s for p in parts)
    rows = _rates(found, parts, block, limits, probability)
    why = _no_zero(parts, limits)
    if usable < LEAST_S or (why and not twitches):
        rows.append(_missing("twitch_count", "count", why, block))
    else:
        rows.append(Measure(name="twitch_count", value=float(len(twitches)), unit="count", block=block))
    rows += _sizes(twitches, why or _NO_TWITCH, block)
    rows += _pattern(found, spasms, twitches, why or _NO_TWITCH, block)
    blinks = [e for e in inside if e.trial_type == "blink"]
    eyes = [
        _rate("blink_rate_per_min", blinks, parts, block, probability, ()),
        _eye_closed(found, usable, block, probability),
        *opening_measures(found, rest_intervals(found), block),
    ]
    if unseen(found)[:, window_index(*groups()["eye"])].all(axis=1).any():
        eyes = [_missing(row.name, row.unit, _NO_EYES, block) for row in eyes]
    return [*rows, *eyes]


def _sizes(twitches: list[Event], none: str, block: str) -> list[Measure]:
    if not twitches:
        return [_missing(n, "iod", none, block) for n in ("median_amplitude_iod", "largest_amplitude_iod")]
    sizes = np.array([e.amplitude_iod for e in twitches])
    median, largest = float(np.median(sizes)), float(sizes.max())
    rows = [Measure(name="median_amplitude_iod", value=median, unit="iod", block=block)]
    if len(sizes) > 1:
        bounds = median_bounds(sizes)
        rows = [
            replace(
                rows[0], low=bounds.low, high=bounds.high, probability=bounds.probability, interval_kind=bounds.kind
            )
        ]
    return [*rows, Measure(name="largest_amplitude_iod", value=largest, unit="iod", block=block)]


def _pattern(found: Observed, spasms: list[Event], twitches: list[Event], none: str, block: str) -> list[Measure]:
    names = {
        "side": "",
        "spread": "count",
        "regions": "",
        "eye_mouth_synchrony": "share",
        "tonic_share": "share",
        "other_babinski_events": "count",
    }
    if not spasms:
        return [_missing(name, unit, none, block) for name, unit in names.items()]
    sides = Counter(e.side for e in spasms)
    side = next(iter(sides)) if len(sides) == 1 else "both"
    # A region belongs to the spread when a tenth of the events have it: a single event may be mistaken.
    each = Counter(region for e in spasms for region in e.regions)
    muscles = [r for r, n in each.most_common() if n >= max(1, 0.1 * len(spasms))]
    rows = [
        Measure(name="side", value=side, unit="", block=block),
        Measure(name="spread", value=float(len(muscles)), unit="count", block=block),
        Measure(name="regions", value=",".join(sorted(muscles)), unit="", block=block),
    ]
    dark = np.any(unseen(found)[[SIDES.index(s) for s in SIDES if s in sides]], axis=0)
    if any(dark[window_index(*windows)].all() for windows in groups().values()):
        rows[1] = _missing("spread", "count", "a part of the face was not seen", block)
    eye = [e for e in twitches if "orbicularis_oculi" in e.regions]
    if dark[window_index(*windows_of("zygomaticus_end"))].any():
        rows.append(_missing("eye_mouth_synchrony", "share", "the mouth was not seen", block))
    elif len(eye) >= 3:
        joint = sum(bool(muscles_of("mouth") & set(e.regions)) for e in eye)
        low, high = wilson(joint, len(eye))
        rows.append(
            Measure(
                name="eye_mouth_synchrony",
                value=joint / len(eye),
                unit="share",
                low=low,
                high=high,
                probability=0.9,
                interval_kind="Wilson",
                block=block,
            )
        )
    else:
        rows.append(_missing("eye_mouth_synchrony", "share", "fewer than three twitches of the eye were seen", block))
    held = sum(e.duration_s for e in spasms if e.trial_type == "tonic_spasm")
    total = sum(e.duration_s for e in spasms)
    rows.append(Measure(name="tonic_share", value=held / total if total else 0.0, unit="share", block=block))
    babinski = [e for e in spasms if "frontalis" in e.regions and _brow_up(found, e)]
    if dark[window_index(*windows_of("sign_brow"))].any():
        rows.append(_missing("other_babinski_events", "count", "the brow was not seen", block))
    else:
        rows.append(Measure(name="other_babinski_events", value=float(len(babinski)), unit="count", block=block))
    return rows


def _brow_up(found: Observed, event: Event) -> bool:
    """Whether the brow rose while the eye of the same side closed: the "other Babinski sign", not possible at will."""
    if event.side == "both":
        return False
    side = SIDES.index(event.side)
    for stretch in found.stretches:
        time = stretch.time_s
        if not time[0] <= event.apex_s <= time[-1]:
            continue
        before, apex = (int(np.searchsorted(time, t - 1e-6)) for t in (event.onset_s, event.apex_s))
        before, apex = max(0, before - 1), min(apex, len(time) - 1)
        up = (stretch.moved[apex, side] - stretch.moved[before, side])[:, 1]
        brow, lower, upper = (
            up[window_index(*windows_of(role))].mean() for role in ("sign_brow", "sign_lower_lid", "sign_upper_lid")
        )
        lids = lower - upper
        return bool(brow > _BROW_IOD and lids > _BROW_IOD)
    return False


def _eye_closed(found: Observed, usable: float, block: str, probability: float) -> Measure:
    if usable < LEAST_S:
        return _missing("eye_closed_share", "share", _TOO_SHORT, block)
    if not any(np.isfinite(s.aperture_iod).all() for s in found.stretches):
        return _missing("eye_closed_share", "share", "the opening of the eyes was not seen", block)
    shut: list[Array] = [(closed_share(s)[0] > _SHUT).any(1).astype(float) for s in found.stretches]
    parts, weights = [], []
    for stretch, values in zip(found.stretches, shut, strict=True):
        for cell in np.array_split(values, max(1, round(len(values) / stretch.rate_hz / _PART_S))):
            parts.append(float(cell.mean()))
            weights.append(len(cell) / stretch.rate_hz)
    return _share_of("eye_closed_share", np.array(parts), np.array(weights), block, probability)
