"""What else happens on a phantom's face and round it: blinks, expressions, speech, gaze, head, light, hands.

An act is a frozen row that says when and how much; `Stage` gathers what all acts ask of the face at given times.
Every act can be evaluated at any time, so that truth does not depend on the frame rate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Side
from facialis.phantom.contractions import Contraction, OneSide, Timed, Train, check, hold, pulse, ramp

__all__ = [
    "Absence",
    "Act",
    "Blink",
    "Expression",
    "Gaze",
    "HeadMotion",
    "LightChange",
    "Occlusion",
    "Speech",
    "Stage",
    "expand",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Blink(Timed):
    """Both eyes close and open. Of the left eye against the right one, each may be negative: ``asynchrony_ms`` is how
    much later it begins, ``longer_ms`` how much longer it takes, ``imbalance`` how much further it closes (a share).
    """

    duration_s: float = 0.25
    amplitude: float = 1.0
    asynchrony_ms: float = 0.0
    longer_ms: float = 0.0
    imbalance: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(0 < self.amplitude <= 1, "amplitude", self.amplitude, "above 0 and at most 1")
        check(
            abs(self.asynchrony_ms) < 1000 * self.duration_s,
            "asynchrony_ms",
            self.asynchrony_ms,
            "shorter than the blink",
        )
        check(abs(self.longer_ms) < 1000 * self.duration_s, "longer_ms", self.longer_ms, "shorter than the blink")
        check(abs(self.imbalance) <= 1, "imbalance", self.imbalance, "between -1 and 1")

    @property
    def delays_s(self) -> dict[OneSide, float]:
        """How much later than the onset each eye begins."""
        late = self.asynchrony_ms / 1000
        return {"left": max(late, 0.0), "right": max(-late, 0.0)}

    @property
    def apex_s(self) -> float:
        """When the eyes are closed furthest together."""
        return self.onset_s + abs(self.asynchrony_ms) / 2000 + 0.35 * self.duration_s

    @property
    def length_s(self) -> float:
        """From the first eye's closing to the last eye's opening."""
        return max(delay + self._lasts_s(side) for side, delay in self.delays_s.items())

    def _lasts_s(self, side: OneSide) -> float:
        return self.duration_s + (1 if side == "left" else -1) * self.longer_ms / 2000

    def shapes(self, time_s: Floats) -> dict[str, Floats]:
        """How far each shape is driven at each time."""
        out: dict[str, Floats] = {}
        for side, delay in self.delays_s.items():
            # Closing takes about a third of a blink, opening the rest.
            course = self.amplitude * pulse(time_s, self.onset_s + delay, self._lasts_s(side), 0.35)
            course *= min(1 + (1 if side == "left" else -1) * self.imbalance / 2, 1 / self.amplitude)
            out[f"eyeBlink{side.capitalize()}"] = course
            out[f"browDown{side.capitalize()}"] = 0.1 * course
        return out


_EXPRESSIONS: Mapping[str, tuple[Mapping[str, float], Mapping[str, float], tuple[str, ...]]] = MappingProxyType(
    {
        # name: shapes of a side, shapes of the whole face, regions
        "smile": ({"mouthSmile": 0.8, "cheekSquint": 0.45, "eyeSquint": 0.4}, {}, ("orbicularis_oculi", "zygomaticus")),
        "frown": ({"browDown": 1.0, "mouthFrown": 0.5}, {}, ("corrugator",)),
        "brow_raise": ({"browOuterUp": 0.9, "eyeWide": 0.3}, {"browInnerUp": 1.0}, ("frontalis",)),
        "pucker": ({}, {"mouthPucker": 0.9}, ("orbicularis_oris",)),
        "cheek_puff": ({}, {"cheekPuff": 0.8}, ("orbicularis_oris",)),
        "jaw_open": ({}, {"jawOpen": 0.6}, ()),
        "squeeze": ({"eyeBlink": 1.0, "cheekSquint": 0.8, "browDown": 0.6}, {}, ("orbicularis_oculi", "corrugator")),
        "wink": ({"eyeBlink": 1.0, "cheekSquint": 0.5, "mouthSmile": 0.15}, {}, ("orbicularis_oculi",)),
        "sneer": ({"noseSneer": 1.0, "mouthUpperUp": 0.6}, {}, ("levator_labii",)),
    }
)
_TWO_SIDED = tuple(name for name, row in _EXPRESSIONS.items() if row[1])


@dataclass(frozen=True, kw_only=True)
class Expression(Timed):
    """A voluntary movement; with ``side`` left or right only that half of the face takes part."""

    expression: str
    side: Side = "both"
    amplitude: float = 1.0
    rise_s: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self.expression in _EXPRESSIONS, "expression", self.expression, f"one of {', '.join(_EXPRESSIONS)}")
        check(self.side in ("left", "right", "both"), "side", self.side, "left, right or both")
        check(
            self.side == "both" or self.expression not in _TWO_SIDED,
            "side",
            self.side,
            f"both for {', '.join(_TWO_SIDED)}",
        )
        check(0 < self.amplitude <= 1, "amplitude", self.amplitude, "above 0 and at most 1")
        check(self.rise_s > 0, "rise_s", self.rise_s, "more than 0")

    @property
    def regions(self) -> tuple[str, ...]:
        """Muscle regions that take part."""
        return _EXPRESSIONS[self.expression][2]

    @property
    def apex_s(self) -> float:
        """The middle of what is held."""
        return self.onset_s + self.duration_s / 2

    def shapes(self, time_s: Floats) -> dict[str, Floats]:
        """How far each shape is driven at each time."""
        sided, whole, _ = _EXPRESSIONS[self.expression]
        course = self.amplitude * hold(time_s, self.onset_s, self.duration_s, self.rise_s)
        sides = ("left", "right") if self.side == "both" else (self.side,)
        out = {f"{stem}{side.capitalize()}": share * course for stem, share in sided.items() for side in sides}
        return out | {name: share * course for name, share in whole.items()}


_VISEMES = ("viseme_aa", "viseme_E", "viseme_O", "viseme_PP", "viseme_FF", "viseme_DD", "viseme_SS")


@dataclass(frozen=True, kw_only=True)
class Speech(Timed):
    """Mouth shapes of a speaker in random order, ``rate_hz`` of them a second."""

    amplitude: float = 0.7
    rate_hz: float = 5.5
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(0 < self.amplitude <= 1, "amplitude", self.amplitude, "above 0 and at most 1")
        check(1 <= self.rate_hz <= 12, "rate_hz", self.rate_hz, "between 1 and 12")

    @property
    def loudest_s(self) -> float:
        """When the mouth moves most."""
        time_s = self.onset_s + np.linspace(0, self.duration_s, 201)
        shapes = self.shapes(time_s)
        return float(time_s[int(np.argmax(sum(shapes[name] for name in _VISEMES)))])

    def shapes(self, time_s: Floats) -> dict[str, Floats]:
        """How far each shape is driven at each time."""
        rng = np.random.Generator(np.random.SFC64([self.seed, 3]))
        count = max(1, int(self.duration_s * self.rate_hz))
        step = self.duration_s / count
        length = min(1.9 * step, self.duration_s)  # chosen: neighbours overlap, as in running speech
        out = {name: np.zeros_like(time_s) for name in (*_VISEMES, "browInnerUp")}
        for k in range(count):
            name = _VISEMES[int(rng.integers(len(_VISEMES)))]
            start = min(self.onset_s + k * step, self.onset_s + self.duration_s - length)
            size = self.amplitude * rng.uniform(0.3, 1.0)
            out[name] = np.maximum(out[name], size * pulse(time_s, start, length, 0.5))
        for start in np.arange(self.onset_s, self.onset_s + self.duration_s - 0.8, 1.1):
            out["browInnerUp"] += 0.35 * self.amplitude * rng.uniform(0, 1) * hold(time_s, float(start), 0.8, 0.25)
        return out


@dataclass(frozen=True, kw_only=True)
class Gaze(Timed):
    """The eyes look elsewhere: a fast shift there, a stay, a fast shift back. Lids follow."""

    left_deg: float = 0.0
    up_deg: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(abs(self.left_deg) <= 30, "left_deg", self.left_deg, "between -30 and 30")
        check(abs(self.up_deg) <= 25, "up_deg", self.up_deg, "between -25 and 25")

    def angles_deg(self, time_s: Floats) -> Floats:
        """(times, 2) turn of the eyes to the person's left and up."""
        # A saccade of a degrees lasts about 21 + 2.2 a milliseconds (main sequence; doi:10.1016/0025-5564(75)90075-9).
        rise_s = 0.021 + 0.0022 * float(np.hypot(self.left_deg, self.up_deg))
        course = hold(time_s, self.onset_s, self.duration_s, rise_s)
        return np.asarray(course[:, None] * np.array([self.left_deg, self.up_deg]), dtype=np.float64)

    def shapes(self, time_s: Floats) -> dict[str, Floats]:
        """How far each lid shape is driven at each time."""
        angle = self.angles_deg(time_s)
        left, up = angle[:, 0] / 30.0, angle[:, 1] / 25.0
        out = {}
        for side, outward in (("Left", left), ("Right", -left)):
            out[f"eyeLookOut{side}"] = np.maximum(outward, 0)
            out[f"eyeLookIn{side}"] = np.maximum(-outward, 0)
            out[f"eyeLookUp{side}"] = np.maximum(up, 0)
            out[f"eyeLookDown{side}"] = np.maximum(-up, 0)
        return out


@dataclass(frozen=True, kw_only=True)
class HeadMotion(Timed):
    """The head moves: ``sinus`` (period ``period_s``), ``walk`` (irregular sway of that size) or ``turn`` (and stays).

    Sizes are amplitudes of the sinus, standard deviations of the sway, or where a turn ends; a turn that has ended
    stays. Sway and sinus fade in and out in half a second.
    """

    motion: Literal["sinus", "walk", "turn"] = "sinus"
    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    x_iod: float = 0.0
    y_iod: float = 0.0
    z_iod: float = 0.0
    period_s: float = 6.0
    seed: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(self.motion in ("sinus", "walk", "turn"), "motion", self.motion, "sinus, walk or turn")
        check(self.period_s > 0.1, "period_s", self.period_s, "more than 0.1")
        for key, most in (
            ("yaw_deg", 45),
            ("pitch_deg", 30),
            ("roll_deg", 45),
            ("x_iod", 10),
            ("y_iod", 10),
            ("z_iod", 6),
        ):
            check(abs(getattr(self, key)) <= most, key, getattr(self, key), f"between -{most} and {most}")

    def pose(self, time_s: Floats) -> Floats:
        """(times, 6) yaw, pitch, roll in degrees and shift along x, y, z in share of IOD."""
        size = np.array([self.yaw_deg, self.pitch_deg, self.roll_deg, self.x_iod, self.y_iod, self.z_iod])
        x = time_s - self.onset_s
        if self.motion == "turn":
            return np.asarray(ramp(x / self.duration_s)[:, None] * size, dtype=np.float64)
        fade = hold(time_s, self.onset_s, self.duration_s, 0.5)[:, None]
        if self.motion == "sinus":
            return np.asarray(fade * np.sin(2 * np.pi * x / self.period_s)[:, None] * size)
        # A sway is a sum of waves, so that it has a value at every time; power falls with frequency as in posture.
        rng = np.random.Generator(np.random.SFC64([self.seed, 7]))
        waves_hz = np.geomspace(0.05, 3.0, 16)
        phase = rng.uniform(0, 2 * np.pi, (16, 6))
        weight = waves_hz**-0.75
        weight *= np.sqrt(2 / (weight**2).sum())
        sway = np.einsum("w,twa->ta", weight, np.sin(2 * np.pi * waves_hz[None, :, None] * x[:, None, None] + phase))
        return np.asarray(fade * sway * size)


@dataclass(frozen=True, kw_only=True)
class LightChange(Timed):
    """Light gets ``gain`` times as strong and its source turns by ``turn_deg``, over the duration; then it stays.

    With ``flicker_hz`` the light swings between 1 and ``gain`` at that rate instead.
    """

    gain: float = 1.0
    turn_deg: float = 0.0
    flicker_hz: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        check(0.1 <= self.gain <= 3, "gain", self.gain, "between 0.1 and 3")
        check(abs(self.turn_deg) <= 60, "turn_deg", self.turn_deg, "between -60 and 60")
        check(0 <= self.flicker_hz <= 120, "flicker_hz", self.flicker_hz, "between 0 and 120")

    def light(self, time_s: Floats) -> Floats:
        """(times, 2) factor and turn in degrees."""
        if self.flicker_hz:
            swing = 0.5 - 0.5 * np.cos(2 * np.pi * self.flicker_hz * (time_s - self.onset_s))
            course = swing * hold(time_s, self.onset_s, self.duration_s, 0.1)
        else:
            course = ramp((time_s - self.onset_s) / self.duration_s)
        return np.stack([1 + (self.gain - 1) * course, self.turn_deg * course], axis=1)


@dataclass(frozen=True, kw_only=True)
class Occlusion(Timed):
    """A hand, as a disc of skin, comes before the face at a place given from midway between the eyes.

    ``x_iod`` is towards the person's left, ``y_iod`` upwards.
    """

    x_iod: float = 0.0
    y_iod: float = -0.8
    radius_iod: float = 0.6

    def __post_init__(self) -> None:
        super().__post_init__()
        check(0.05 <= self.radius_iod <= 3, "radius_iod", self.radius_iod, "between 0.05 and 3")

    def place(self, time_s: Floats) -> Floats:
        """(times, 2) centre of the disc; NaN when it is not there."""
        course = hold(time_s, self.onset_s, self.duration_s, 0.3)
        there = (time_s >= self.onset_s) & (time_s < self.onset_s + self.duration_s)
        y = self.y_iod - 6 * (1 - course)  # it comes from below the picture
        return np.where(there[:, None], np.stack([np.full_like(y, self.x_iod), y], axis=1), np.nan)


@dataclass(frozen=True, kw_only=True)
class Absence(Timed):
    """The person leaves the picture sideways and comes back."""

    rise_s: float = 0.4

    def shift_iod(self, time_s: Floats) -> Floats:
        """How far the head has moved to the person's left."""
        return 8 * hold(time_s, self.onset_s, self.duration_s, self.rise_s)  # chosen: out of any usual picture


Act = Contraction | Train | Blink | Expression | Speech | Gaze | HeadMotion | LightChange | Occlusion | Absence


def expand(acts: tuple[Act, ...]) -> tuple[Act, ...]:
    """The same acts with every train replaced by its pulses."""
    out: list[Act] = []
    for act in acts:
        out.extend(act.contractions() if isinstance(act, Train) else (act,))
    return tuple(out)


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What all acts together ask of the face, the head and the light at given times."""

    time_s: Floats
    shapes: Mapping[str, Floats]
    gaze_deg: Floats
    pose: Floats
    light: Floats
    hands: tuple[tuple[Occlusion, Floats], ...]

    @staticmethod
    def at(time_s: Floats, acts: tuple[Act, ...], share: Callable[[Contraction], float]) -> Stage:
        """Evaluate acts; ``share`` says which share of a full spasm a contraction is."""
        count = len(time_s)
        shapes: dict[str, Floats] = {}
        gaze = np.zeros((count, 2))
        pose = np.zeros((count, 6))
        light = np.tile([1.0, 0.0], (count, 1))
        hands: list[tuple[Occlusion, Floats]] = []
        for act in expand(acts):
            wanted: dict[str, Floats] = {}
            if isinstance(act, Contraction):
                wanted = act.shapes(time_s, share(act))
            elif isinstance(act, Blink | Expression | Speech | Gaze):
                wanted = act.shapes(time_s)
            elif isinstance(act, HeadMotion):
                pose += act.pose(time_s)
            elif isinstance(act, LightChange):
                change = act.light(time_s)
                light[:, 0] *= change[:, 0]
                light[:, 1] += change[:, 1]
            elif isinstance(act, Occlusion):
                hands.append((act, act.place(time_s)))
            elif isinstance(act, Absence):
                pose[:, 3] += act.shift_iod(time_s)
            if isinstance(act, Gaze):
                gaze += act.angles_deg(time_s)
            for name, values in wanted.items():
                shapes[name] = shapes.get(name, np.zeros(count)) + values
        # A closed eye cannot close further: shapes saturate softly above 0.9 and never pass 1.05.
        shapes = {name: _saturate(values) for name, values in shapes.items() if values.any()}
        return Stage(time_s=time_s, shapes=shapes, gaze_deg=gaze, pose=pose, light=light, hands=tuple(hands))


def _saturate(values: Floats) -> Floats:
    over = np.maximum(values - 0.9, 0)
    return np.minimum(values, 0.9) + 0.15 * np.tanh(over / 0.15)
