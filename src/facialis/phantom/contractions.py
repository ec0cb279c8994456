"""Involuntary contractions of a phantom: which muscles of which side, when, with what course in time.

A contraction can be evaluated at any time, so that truth does not depend on the frame rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FormatError
from facialis.core.records import Kind

__all__ = [
    "PATTERNS",
    "REGIONS",
    "Contraction",
    "Muscles",
    "OneSide",
    "Profile",
    "Timed",
    "Train",
    "check",
    "hold",
    "muscle_shapes",
    "pulse",
    "ramp",
]

Floats = NDArray[np.float64]
Muscles = tuple[tuple[str, float], ...]
OneSide = Literal["left", "right"]
Profile = Literal["clonic", "tonic", "myokymia"]

REGIONS = (
    "orbicularis_oculi",
    "frontalis",
    "corrugator",
    "zygomaticus",
    "levator_labii",
    "orbicularis_oris",
    "mentalis",
)
"""Muscle regions that a phantom can contract."""

_MUSCLES: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        # How far each muscle drives the shapes of its side in a full spasm; as in the notes that came with the head.
        "orbicularis_oculi": {"eyeBlink": 0.9, "cheekSquint": 1.0},
        "frontalis": {"browOuterUp": 0.9, "browInnerUp": 0.4},
        "corrugator": {"browDown": 0.2},
        "zygomaticus": {"mouthSmile": 0.6},
        "levator_labii": {"mouthUpperUp": 0.3, "noseSneer": 0.4},
        "orbicularis_oris": {"mouthPress": 0.5, "mouthStretch": 0.3},
        "mentalis": {"chinRaise": 0.6},
        "lower_lid": {"eyeSquint": 1.0, "cheekSquint": 0.1},  # part of orbicularis_oculi: what ripples in myokymia
    }
)

PATTERNS: Mapping[str, Muscles] = MappingProxyType(
    {
        "spasm": (("orbicularis_oculi", 1.0), ("zygomaticus", 1.0), ("levator_labii", 1.0), ("corrugator", 1.0)),
        "eye": (("orbicularis_oculi", 1.0),),
        "eye_cheek_mouth": (("orbicularis_oculi", 1.0), ("zygomaticus", 1.0)),
        "mouth": (("zygomaticus", 1.0), ("levator_labii", 1.0)),
        "chin": (("mentalis", 1.0), ("orbicularis_oris", 0.5)),
        "lower_lid": (("lower_lid", 1.0),),
        "other_babinski": (("orbicularis_oculi", 1.0), ("frontalis", 1.0)),
    }
)
"""Named sets of muscles with their weights, for a contraction's ``regions``."""


def muscle_shapes(regions: Muscles, side: OneSide) -> dict[str, float]:
    """How far each shape of the head is driven when these muscles of a side contract fully."""
    out: dict[str, float] = {}
    for region, weight in regions:
        for stem, share in _MUSCLES[region].items():
            name = f"{stem}{side.capitalize()}"
            out[name] = out.get(name, 0.0) + weight * share
    return out


def ramp(x: Floats) -> Floats:
    """Smooth step: 0 below 0, 1 above 1, a raised cosine between."""
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1)), dtype=np.float64)


def pulse(time_s: Floats, onset_s: float, duration_s: float, rise_share: float) -> Floats:
    """One bump of height 1: a raised cosine up for ``rise_share`` of its duration and another down for the rest."""
    x = (time_s - onset_s) / duration_s
    up = ramp(x / rise_share)
    down = ramp((1 - x) / (1 - rise_share))
    return np.where((x > 0) & (x < 1), np.minimum(up, down), 0.0)


def hold(time_s: Floats, onset_s: float, duration_s: float, rise_s: float) -> Floats:
    """A plateau of height 1 with smooth flanks of ``rise_s`` within the duration."""
    rise_s = min(rise_s, duration_s / 2)
    x = time_s - onset_s
    return np.minimum(ramp(x / rise_s), ramp((duration_s - x) / rise_s))


def check(good: bool, key: str, value: object, wanted: str) -> None:
    """Raise FormatError, with ``key`` as its first word, unless ``good``."""
    if not good:
        raise FormatError(f"{key} is {value!r}.", advice=f"It must be {wanted}.")


@dataclass(frozen=True, kw_only=True)
class Timed:
    """An act with a beginning and an end."""

    onset_s: float
    duration_s: float

    def __post_init__(self) -> None:
        check(self.onset_s >= 0, "onset_s", self.onset_s, "0 or more")
        check(self.duration_s > 0, "duration_s", self.duration_s, "more than 0")


@dataclass(frozen=True, kw_only=True)
class Contraction(Timed):
    """An involuntary contraction of one side.

    Its size is either ``amplitude_share`` of a full spasm or ``amplitude_iod``, the largest displacement of a visible
    point of the face in share of the interocular distance. ``profile`` is ``clonic`` (one pulse), ``tonic`` (held) or
    ``myokymia`` (a ripple at ``rate_hz``). ``lag_s``: how much later than the eye the rest of the face follows.
    """

    side: OneSide
    amplitude_share: float | None = None
    amplitude_iod: float | None = None
    regions: Muscles = PATTERNS["spasm"]
    profile: Profile = "clonic"
    rise_share: float = 0.4
    rate_hz: float = 5.0
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self.side in ("left", "right"), "side", self.side, "left or right")
        check(
            (self.amplitude_share is None) != (self.amplitude_iod is None),
            "amplitude_share",
            self.amplitude_share,
            "given, or amplitude_iod instead, and not both",
        )
        if self.amplitude_share is not None:
            check(0 < self.amplitude_share <= 1.1, "amplitude_share", self.amplitude_share, "above 0 and at most 1.1")
        if self.amplitude_iod is not None:
            check(0 < self.amplitude_iod <= 0.5, "amplitude_iod", self.amplitude_iod, "above 0 and at most 0.5")
        known = (*REGIONS, "lower_lid")
        check(
            bool(self.regions) and all(key in known for key, _ in self.regions),
            "regions",
            dict(self.regions),
            f"a pattern ({', '.join(PATTERNS)}) or weights of {', '.join(known)}",
        )
        check(
            all(0 < weight <= 1 for _, weight in self.regions),
            "regions",
            dict(self.regions),
            "weights above 0 and at most 1",
        )
        check(self.profile in ("clonic", "tonic", "myokymia"), "profile", self.profile, "clonic, tonic or myokymia")
        check(0.05 <= self.rise_share <= 0.95, "rise_share", self.rise_share, "between 0.05 and 0.95")
        check(1 <= self.rate_hz <= 20, "rate_hz", self.rate_hz, "between 1 and 20")
        check(0 <= self.lag_s < self.duration_s / 2, "lag_s", self.lag_s, "0 or more and below half the duration")

    @property
    def names(self) -> tuple[str, ...]:
        """Muscle regions that contract, from `REGIONS`."""
        used = {"orbicularis_oculi" if name == "lower_lid" else name for name, _ in self.regions}
        return tuple(name for name in REGIONS if name in used)

    @property
    def kind(self) -> Kind:
        """What a perfect observer would call it."""
        if self.profile == "myokymia":
            return "myokymia"
        return "tonic_spasm" if self.duration_s >= 1.0 else "twitch"

    @property
    def apex_s(self) -> float:
        """When it is largest."""
        if self.profile == "clonic":
            return self.onset_s + self.rise_share * (self.duration_s - self.lag_s)
        if self.profile == "tonic":
            return self.onset_s + self.duration_s / 2
        half = 0.5 / self.rate_hz
        waves = max(0, round((self.duration_s / 2 - half) / (2 * half)))
        return self.onset_s + half + waves * 2 * half

    def course(self, time_s: Floats) -> Floats:
        """Share of its full size at each time, 0-1, without the lag."""
        length = self.duration_s - self.lag_s
        if self.profile == "clonic":
            return pulse(time_s, self.onset_s, length, self.rise_share)
        if self.profile == "tonic":
            return hold(time_s, self.onset_s, length, 0.18)  # chosen: rise of a held spasm; 0.1 - 0.3 s
        ripple = np.sin(np.pi * self.rate_hz * (time_s - self.onset_s)) ** 2
        return np.asarray(hold(time_s, self.onset_s, length, 0.3) * ripple, dtype=np.float64)

    def shapes(self, time_s: Floats, share: float) -> dict[str, Floats]:
        """How far each shape is driven at each time."""
        eye = self.course(time_s)
        late = self.course(time_s - self.lag_s) if self.lag_s else eye
        out: dict[str, Floats] = {}
        for region, weight in self.regions:
            course = eye if region in ("orbicularis_oculi", "lower_lid") else late
            for name, full in muscle_shapes(((region, weight),), self.side).items():
                out[name] = out.get(name, np.zeros_like(time_s)) + share * full * course
        return out


@dataclass(frozen=True, kw_only=True)
class Train(Timed):
    """Clonic pulses one after another: ``pulses`` of them, ``spacing_s`` from onset to onset.

    ``duration_s`` is that of one pulse. The size grows evenly from the first to the last of the two numbers given.
    """

    side: OneSide
    pulses: int
    spacing_s: float
    amplitude_share: tuple[float, float] | None = None
    amplitude_iod: tuple[float, float] | None = None
    regions: Muscles = PATTERNS["spasm"]
    rise_share: float = 0.4
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(1 <= self.pulses <= 1000, "pulses", self.pulses, "between 1 and 1000")
        check(self.spacing_s >= self.duration_s, "spacing_s", self.spacing_s, "at least duration_s")
        self.contractions()

    def contractions(self) -> tuple[Contraction, ...]:
        """The pulses as single contractions."""
        steps = np.linspace(0, 1, self.pulses) if self.pulses > 1 else np.zeros(1)

        def size(ends: tuple[float, float] | None, step: float) -> float | None:
            return None if ends is None else float(ends[0] + (ends[1] - ends[0]) * step)

        return tuple(
            Contraction(
                onset_s=self.onset_s + k * self.spacing_s,
                duration_s=self.duration_s,
                side=self.side,
                amplitude_share=size(self.amplitude_share, step),
                amplitude_iod=size(self.amplitude_iod, step),
                regions=self.regions,
                rise_share=self.rise_share,
                lag_s=self.lag_s,
            )
            for k, step in enumerate(steps)
        )
