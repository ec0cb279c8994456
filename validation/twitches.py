"""Contractions that the proof puts into pictures: when, where, how large, with what course; and their truth as events.

The course is not the raised cosine of the phantoms: a pulse is a beta curve, as fast up and slow down as a muscle's
twitch is (Merton 1954; half relaxation takes longer than contraction), a hold has soft shoulders, a ripple is a row of
narrow waves that never quite rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Kind
from validation.muscles import PATTERNS, drawn, on_picture, regions_of

__all__ = ["OneSide", "Twitch", "displacement", "random_twitches", "truth_of"]

Array = NDArray[np.float64]
OneSide = Literal["left", "right"]
Course = Literal["pulse", "hold", "ripple"]

_SHOULDER_S = 0.12  # chosen: how fast a hold is reached and left; 0.05 - 0.3 s


@dataclass(frozen=True, kw_only=True)
class Twitch:
    """One involuntary contraction. ``size_iod``: displacement of the point that moves most, at the apex.

    ``rise`` is the share of a pulse's duration before its apex; ``rate_hz`` is of a ripple.
    """

    onset_s: float
    duration_s: float
    side: OneSide
    size_iod: float
    pattern: str = "lids_cheek_mouth"
    course: Course = "pulse"
    rise: float = 0.35
    rate_hz: float = 5.0

    @property
    def apex_s(self) -> float:
        """When it is at its height; of a hold or a ripple, the middle."""
        return self.onset_s + self.duration_s * (self.rise if self.course == "pulse" else 0.5)

    @property
    def offset_s(self) -> float:
        """When it is over."""
        return self.onset_s + self.duration_s

    @property
    def kind(self) -> Kind:
        """What an observer should call it."""
        kinds: dict[Course, Kind] = {"pulse": "twitch", "hold": "tonic_spasm", "ripple": "myokymia"}
        return kinds[self.course]

    def at(self, time_s: float) -> float:
        """Its course, 0-1."""
        x = (time_s - self.onset_s) / self.duration_s
        if not 0 < x < 1:
            return 0.0
        if self.course == "pulse":
            a = 1.5  # chosen: starts slightly softer than a straight line; 1.2 - 2
            b = a * (1 - self.rise) / self.rise
            return float((x / self.rise) ** a * ((1 - x) / (1 - self.rise)) ** b)
        shoulder = min(_SHOULDER_S / self.duration_s, 0.4)
        edge = float(np.clip(min(x, 1 - x) / shoulder, 0, 1))
        hold = edge * edge * (3 - 2 * edge)
        if self.course == "hold":
            return hold
        wave = 0.5 - 0.5 * np.cos(2 * np.pi * self.rate_hz * (time_s - self.onset_s))
        return float(hold * wave**1.3)

    @property
    def truth(self) -> Event:
        """The event that this is."""
        return Event(
            onset_s=self.onset_s,
            duration_s=self.duration_s,
            trial_type=self.kind,
            side=self.side,
            regions=regions_of(self.pattern),
            apex_s=self.apex_s,
            amplitude_iod=self.size_iod,
            probability=1.0,
            detector="proof",
        )


def truth_of(twitches: Sequence[Twitch]) -> tuple[Event, ...]:
    """All events, by onset."""
    return tuple(t.truth for t in sorted(twitches, key=lambda t: t.onset_s))


def displacement(twitches: Sequence[Twitch], time_s: float, corners_px: Array, iod_px: float) -> Array | None:
    """How far each corner (n, 2) of the sheet is drawn at this moment, in pixels; None when nothing contracts."""
    total: Array | None = None
    for twitch in twitches:
        course = twitch.at(time_s)
        if course > 0:
            field = on_picture(drawn(twitch.pattern, twitch.side), corners_px, twitch.size_iod * course, iod_px)
            total = field if total is None else total + field
    return total


def random_twitches(
    rng: np.random.Generator,
    length_s: float,
    *,
    sizes_iod: tuple[float, float],
    durations_s: tuple[float, float],
    keep_clear: Sequence[tuple[float, float]] = (),
    trains: float = 0.3,
) -> tuple[Twitch, ...]:
    """Contractions of one side at random: single ones, and trains (a share of ``trains``) of three to eight.

    Sizes and durations are spread evenly by their logarithm. None touches a stretch (start, stop) of ``keep_clear``.
    """
    side: OneSide = "left" if rng.random() < 0.5 else "right"
    names = sorted(PATTERNS)
    rows: list[Twitch] = []
    at = float(rng.uniform(0.4, 0.9))
    while at < length_s - 0.5:
        length = float(np.exp(rng.uniform(*np.log(durations_s))))
        model = Twitch(
            onset_s=at,
            duration_s=length,
            side=side,
            size_iod=float(np.exp(rng.uniform(*np.log(sizes_iod)))),
            pattern=names[rng.integers(len(names))],
            rise=float(rng.uniform(0.25, 0.5)),
        )
        pulses = 1
        if rng.random() < trains:
            pulses = int(rng.integers(3, 9))
            model = replace(model, duration_s=min(length, 0.2))
        spacing = max(1.25 * model.duration_s, float(rng.uniform(0.16, 0.35)))
        for _ in range(pulses):
            pulse = replace(model, onset_s=at, size_iod=max(sizes_iod[0], model.size_iod * float(rng.uniform(0.75, 1))))
            clear = all(pulse.offset_s < start or pulse.onset_s > stop for start, stop in keep_clear)
            if pulse.offset_s < length_s - 0.3 and clear:
                rows.append(pulse)
            at += spacing
        at += float(rng.uniform(0.6, 2.2))
    return tuple(rows)
