"""Events: twitches, tonic spasms, myokymia, blinks, expressions; with side, muscles, time and size."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from facialis.core.records import SIDES, Event, Interval, Kind, Motion, Side
from facialis.core.settings import EventSettings, Settings, detector_name
from facialis.measure.events.blink_course import SETTLE_S, Blinks, read_blinks
from facialis.measure.events.candidates import Candidate, Candidates, find_candidates
from facialis.measure.events.evidence import DURATIONS_S, Stretch, stretches
from facialis.measure.events.expressions import find_expressions, join_expressions
from facialis.measure.events.far_cheek import is_far_cheek
from facialis.measure.events.holds import Hold, Pulse, find_holds, held_between
from facialis.measure.events.kinds import least_probability
from facialis.measure.events.lids import lid_events
from facialis.measure.events.neighbours import movement, probabilities
from facialis.measure.events.ripples import Ripple, find_ripples
from facialis.measure.events.shape import WINDOW_GAIN, Shape
from facialis.measure.events.threshold import least_above_noise, noise_threshold
from facialis.measure.regions import muscles_of
from facialis.numeric.geometry import cosine
from facialis.numeric.signals.filters import segments

__all__ = ["Found", "Observed", "detect", "find_events"]

_SURE = 0.85  # chosen: so sure a twitch need not be louder than what the recording has for noise; 0.8 - 0.9
_SHUT = 0.85  # chosen: lids open asynchronously, so in a closure they must be surer than elsewhere; 0.8 - 0.95
_UNCLEAR = 0.5  # chosen: below this it is not worth a person's look; 0.4 - 0.6
_LARGE_IOD = 0.03  # chosen: a one-sided movement of this size that is no twitch is an expression; 0.01 - 0.03
_LARGEST_IOD = 0.35  # chosen: spasms of 0.2 IOD (1.2 cm) are read as 0.2 - 0.26 (phantoms), by their windows; 0.3 - 0.4
_FLANK = 6.0  # chosen: flanks weigh a sixth of the centre or less; 5 - 8
_ALONG = 0.4  # chosen: a flank is the larger movement once more, the other way; lids and mouth share nothing; 0.2 - 0.6
_DRAGS = 3.0  # chosen: skin of the other side moves with it by up to a third; 2 - 5
_NEAR_S = 0.15  # chosen: half of the longest contraction within a blink; 0.1 - 0.2
_BEARS = 0.5  # chosen: more likely than not; chance departures hardly look like twitches; 0.3 - 0.65
_ALONE = 0.827  # of 5 spreads, a quarter more than any ordinary blink of the people chosen by (4.04); chosen 4.5 - 6
_RIPPLE_EDGE_S = 0.5  # chosen: a ripple is measured over half a second, its first pulses lie before; 0.3 - 0.8


@dataclass(frozen=True, kw_only=True)
class Observed:
    """Events in order of onset, whoever says so, and the stretches in which they were looked for."""

    events: tuple[Event, ...]
    stretches: tuple[Stretch, ...]
    blinks: Blinks = field(default_factory=Blinks)

    @property
    def usable(self) -> tuple[Interval, ...]:
        """Where events could be looked for: something of both sides was seen, since each is held against the other."""
        return tuple(
            Interval(start_s=float(s.time_s[run.start]), stop_s=float(s.time_s[run.stop - 1] + 1 / s.rate_hz))
            for s in self.stretches
            for run in segments(~np.any(np.all(s.hidden, axis=2), axis=1))
        )


@dataclass(frozen=True, kw_only=True)
class Found(Observed):
    """What the detector found, with ``candidates`` per stretch. ``threshold`` is the deviate that noise alone hardly
    exceeds; ``least`` the probability (0–1) that a twitch had to reach. What stays below them need not be noise.
    """

    candidates: tuple[Candidates, ...]
    threshold: float
    least: float


def find_events(motion: Motion, settings: Settings | None = None) -> tuple[Event, ...]:
    """Find twitches, spasms, myokymia, blinks and expressions in the signals of a recording, without its pictures.

    Parameters
    ----------
    motion
        Displacement (time, side, region, direction) as fractions of the interocular distance, eye opening and head
        pose, as `measure_recording` makes it and ``signals.parquet`` holds it.
    settings
        What can be set of a measurement; None: the defaults.

    Returns
    -------
    tuple of Event
        In order of onset, each with side, muscles, time in seconds, size and probability.

    Raises
    ------
    RecordError
        The signals have other regions than this facialis measures.

    Notes
    -----
    Runs without a gap of less than a second give no event. Frames that jitter by more than 2 % are put on an even grid.
    No event does not mean that nothing twitched: see the detection limits of the session.

    Source
    ------
    ``docs/reference/method.md``, chapters 5 to 8.

    Examples
    --------
    >>> twitches = [e for e in find_events(session.motion) if e.trial_type == "twitch"]  # doctest: +SKIP
    """
    settings = settings or Settings()
    return detect(motion, settings.events, detector_name(settings)).events


def detect(motion: Motion, settings: EventSettings, detector: str) -> Found:
    """Find all events of a recording.

    Parameters
    ----------
    motion
        Displacement (time, side, region, direction) in IOD, eye opening and head pose.
    settings
        The false alarms per minute that are allowed.
    detector
        Who says so: name, version and settings, for the events.

    Returns
    -------
    Found
        Events in order of onset, the stretches in which they were looked for, and the bounds that were used.

    Notes
    -----
    Twitches are one-sided and brief, and the rule of ``kinds.yaml`` gives at least the probability that belongs to the
    rate asked for (`.kinds.least_probability`). Their movement exceeds what the noise of the recording's quiet parts
    would make at that rate, unless the probability is 0.85 or more: a face that never rests has no quiet part, and its
    own twitches would be taken for noise. What exceeds the noise and comes near to that
    is ``unclear``, and its probability is that it is no twitch. What is not an event is not thereby normal. Gaps hold
    no events; see `find_events` for frame rate.

    Source
    ------
    ``docs/reference/method.md``, chapters 5 to 8.

    Examples
    --------
    >>> found = detect(session.motion, EventSettings(false_alarms_per_min=1.0), "mine")  # doctest: +SKIP
    """
    parts = stretches(motion)
    candidates = [find_candidates(part) for part in parts]
    minutes = sum(len(p.time_s) / p.rate_hz for p in parts) / 60
    threshold = noise_threshold(candidates, settings.false_alarms_per_min, minutes)
    bounds = _Bounds(threshold=threshold, least=least_probability(settings.false_alarms_per_min))
    noise = least_above_noise(candidates, settings.false_alarms_per_min, minutes)
    blinks, events = read_blinks(parts, detector), list[Event]()
    every = iter(probabilities([c for found in candidates for c in found.peaks]))
    for part, found in zip(parts, candidates, strict=True):
        peaks = [
            _Peak(candidate=c, shape=c.shape, probability=float(p))
            for c, p in zip(found.peaks, every, strict=False)
            if c.shape is not None
            and (c.above_noise >= noise or p >= _SURE)
            and (c.deviate >= threshold or p >= _UNCLEAR)
        ]
        events += _events_of(part, peaks, bounds, detector, blinks)
    events.sort(key=lambda e: (e.onset_s, e.trial_type, e.side))
    return Found(
        events=tuple(events),
        stretches=tuple(parts),
        blinks=blinks,
        candidates=tuple(candidates),
        threshold=threshold,
        least=bounds.least,
    )


def _events_of(part: Stretch, peaks: list[_Peak], bounds: _Bounds, detector: str, blinks: Blinks) -> list[Event]:
    lids = lid_events(part, detector)
    holds = [_lasting(hold, "tonic_spasm", detector) for hold in find_holds(part, bounds.threshold)]
    holds = [
        h
        for h in holds
        if not (set(h.regions) <= muscles_of("closing") and any(_in_closure(h.apex_s, lid) for lid in lids))
    ]
    expressions = find_expressions(part, lids, detector)
    first_s, last_s = part.time_s[0], part.time_s[-1]
    departures = [e for e in blinks.departures if first_s <= e.apex_s <= last_s and _borne(e, peaks)]
    # While a face speaks or makes faces its lids differ by more than its ordinary blinks do.
    twitches = [e for e in departures if not any(_together(e, x) for x in [*expressions, *holds])]
    pulses: list[Pulse] = []
    for peak in peaks:
        candidate, shape, probability = peak.candidate, peak.shape, peak.probability
        others = [p for p in peaks if p is not peak and p.candidate.side == candidate.side]
        if any(_flank(peak, other) for other in others):
            continue
        if shape.amplitude_iod > _LARGEST_IOD or is_far_cheek(part, candidate.side, shape):
            continue
        side = SIDES[candidate.side]
        if any(h.side == side and _belongs(candidate, shape, h) for h in holds):
            continue
        closing = set(shape.muscles) <= muscles_of("closing")
        shut = closing and any(_in_closure(shape.apex_s, lid) for lid in lids)
        # What lids do in a blink that was held against the ordinary one is a departure or nothing.
        if (shut and probability < _SHUT) or (closing and blinks.judges(shape.apex_s)):
            continue
        # A brow that moves alone, the eye not closing, is no sign of a spasm (Stamey and Jankovic 2007).
        brow = set(shape.muscles) <= muscles_of("brow")
        if brow:
            probability = min(probability, bounds.least - 0.01)
        if probability >= bounds.least and not brow:
            twitches.append(_event(shape, "twitch", side, probability, detector))
            pulses.append(Pulse(side=candidate.side, shape=shape, probability=probability))
        elif candidate.deviate < bounds.threshold:
            continue
        elif probability >= _UNCLEAR:
            twitches.append(_event(shape, "unclear", side, 1 - probability, detector))
        elif shape.amplitude_iod >= _LARGE_IOD and not any(_overlap(shape, e) for e in [*expressions, *lids]):
            expressions.append(_event(shape, "expression", side, 1 - probability, detector))
    ripples = [_lasting(ripple, "myokymia", detector) for ripple in find_ripples(part)]
    more = [_lasting(hold, "tonic_spasm", detector) for hold in held_between(part, pulses)]
    holds += more
    twitches = [e for e in twitches if not any(_covers(h, e) for h in more)]
    single = [e for e in _separate(twitches) if not any(_part_of(e, ripple) for ripple in ripples)]
    spasms = [*single, *ripples, *holds]
    own = [e for e in expressions if not any(_echo(e, spasm) for spasm in spasms)]
    return [*spasms, *lids, *join_expressions(own)]


@dataclass(frozen=True, kw_only=True)
class _Bounds:
    """What has to be exceeded: the deviate that noise alone hardly does, and the probability of a twitch."""

    threshold: float
    least: float


@dataclass(frozen=True, kw_only=True)
class _Peak:
    """A candidate with a shape, and its probability of being a twitch."""

    candidate: Candidate
    shape: Shape
    probability: float


def _event(shape: Shape, kind: Kind, side: Side, probability: float, detector: str) -> Event:
    return Event(
        onset_s=shape.onset_s,
        duration_s=shape.offset_s - shape.onset_s,
        trial_type=kind,
        side=side,
        regions=shape.muscles,
        apex_s=shape.apex_s,
        amplitude_iod=shape.amplitude_iod,
        probability=probability,
        detector=detector,
    )


def _lasting(item: Hold | Ripple, kind: Kind, detector: str) -> Event:
    return Event(
        onset_s=item.onset_s,
        duration_s=item.offset_s - item.onset_s,
        trial_type=kind,
        side=SIDES[item.side],
        regions=item.muscles,
        apex_s=item.apex_s,
        amplitude_iod=item.amplitude_iod,
        probability=item.probability,
        detector=detector,
    )


def _reach_s(candidate: Candidate) -> float:
    """How far from a movement a kernel still answers to it: half its length, and a margin."""
    return 1.25 * DURATIONS_S[candidate.scale] + 0.15


def _belongs(candidate: Candidate, shape: Shape, hold: Event) -> bool:
    """Whether a peak is only an edge of a hold, or a tremble within it."""
    reach = max(0.3, _reach_s(candidate))
    # Skin under tension trembles: what is small against the hold it lies in is part of it.
    inside = hold.onset_s <= candidate.time_s < hold.offset_s and shape.amplitude_iod * _DRAGS < hold.amplitude_iod
    return inside or any(abs(candidate.time_s - edge) < reach for edge in (hold.onset_s, hold.offset_s))


def _covers(hold: Event, event: Event) -> bool:
    return hold.side == event.side and hold.onset_s <= event.apex_s < hold.offset_s


def _flank(peak: _Peak, rival: _Peak) -> bool:
    """Whether a peak is only the answer of the filter's flanks to a much larger movement nearby, of the same skin."""
    reach = max(_reach_s(peak.candidate), _reach_s(rival.candidate))
    larger = rival.shape.amplitude_iod > _FLANK * peak.shape.amplitude_iod
    near = abs(rival.candidate.time_s - peak.candidate.time_s) < reach
    return larger and near and abs(cosine(movement(peak.shape), movement(rival.shape))) > _ALONG


def _in_closure(time_s: float, lid: Event) -> bool:
    return lid.onset_s - SETTLE_S <= time_s < lid.offset_s + SETTLE_S


def _borne(departure: Event, peaks: list[_Peak]) -> bool:
    """Whether a departure is sure, or the rule of kinds, which knows no blinks, finds a twitch there as well."""
    own = [p for p in peaks if SIDES[p.candidate.side] == departure.side and p.probability >= _BEARS]
    return departure.probability >= _ALONE or any(abs(p.shape.apex_s - departure.apex_s) <= _NEAR_S for p in own)


def _together(event: Event, other: Event) -> bool:
    return event.onset_s < other.offset_s + SETTLE_S and other.onset_s < event.offset_s + SETTLE_S


def _echo(expression: Event, spasm: Event) -> bool:
    """Whether a small two-sided movement is only what a strong spasm of one side drags along on the other."""
    return (
        _together(expression, spasm)
        and expression.side == "both"
        and spasm.amplitude_iod > _DRAGS * WINDOW_GAIN * expression.amplitude_iod
    )


def _overlap(shape: Shape, event: Event) -> bool:
    return shape.onset_s < event.offset_s and event.onset_s < shape.offset_s


def _separate(events: list[Event]) -> list[Event]:
    """Ends each event where the next of its side begins; two that peak together are one, the more probable."""
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: e.apex_s):
        last = next((k for k in reversed(kept) if k.side == event.side), None)
        if last is None or event.onset_s >= last.offset_s:
            kept.append(event)
            continue
        if event.apex_s - last.apex_s < 0.07 or event.onset_s >= event.apex_s or last.offset_s <= last.apex_s:
            kept[kept.index(last)] = max(last, event, key=lambda e: (e.amplitude_iod, e.probability))
            continue
        cut = min(max((last.apex_s + event.apex_s) / 2, event.onset_s), last.offset_s)
        kept[kept.index(last)] = replace(last, duration_s=cut - last.onset_s)
        kept.append(replace(event, onset_s=cut, duration_s=event.offset_s - cut))
    return kept


def _part_of(event: Event, ripple: Event) -> bool:
    """Whether a small event is one pulse, or an edge, of a ripple."""
    near = ripple.onset_s - _RIPPLE_EDGE_S <= event.apex_s < ripple.offset_s + _RIPPLE_EDGE_S
    return near and event.side == ripple.side and event.amplitude_iod <= 1.5 * ripple.amplitude_iod
