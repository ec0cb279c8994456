"""What faces do that is no spasm: blinks, winks, smiles, speech, gaze shifts, head turns, as movements of the sheet.

A blink moves the margin of the upper lid onto that of the lower one, skin over the eye; the rest is muscles of both
sides (validation/muscles.py) with the slower courses of will, the jaw, the irises, or the whole head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Kind, Side
from facialis.measure.regions import template
from validation.muscles import drawn, on_picture
from validation.surface import EYES, POINTS

__all__ = ["ACTS", "Act", "Behaviour"]

Array = NDArray[np.float64]
Act = Literal["blink", "wink", "smile", "speech", "gaze", "turn"]

ACTS: tuple[Act, ...] = ("blink", "wink", "smile", "speech", "gaze", "turn")
_CLOSES = 0.4  # share of a blink in which the lid falls; Sforza et al. 2008 give a third to a half
_OVER = 1.3  # chosen: from here on the mesh reads the eye as two thirds shut, as it does real ones; 1.1 - 1.4
_SIZES_IOD = {"smile": 0.09, "wink": 0.04, "speech": 0.08}  # chosen: as people do; half and double are seen too


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One act. ``amount``: 1 is whole (a shut eye, a broad smile, 20 degrees). ``side``: of a wink.

    Of a blink, the left eye against the right one: ``asynchrony_s`` is how much later it begins, ``imbalance`` how much
    further it closes (share of ``amount``), ``longer_s`` how much longer it takes.
    """

    act: Act
    onset_s: float
    duration_s: float
    amount: float = 1.0
    side: Side = "both"
    asynchrony_s: float = 0.0
    imbalance: float = 0.0
    longer_s: float = 0.0
    seed: int = 0

    @property
    def truth(self) -> Event | None:
        """The event that this is; None for gaze and turning."""
        kinds: dict[Act, Kind] = {"blink": "blink", "wink": "expression", "smile": "expression", "speech": "expression"}
        if self.act not in kinds:
            return None
        return Event(
            onset_s=self.onset_s,
            duration_s=self.duration_s + abs(self.asynchrony_s),
            trial_type=kinds[self.act],
            side=self.side,
            regions=(),
            apex_s=self.onset_s + self.duration_s * (_CLOSES if self.act == "blink" else 0.5),
            amplitude_iod=0.0,
            probability=1.0,
            detector="proof",
        )

    def turn_deg(self, time_s: float) -> Array:
        """Yaw, pitch and roll of the head."""
        if self.act != "turn":
            return np.zeros(3)
        return np.array([20.0, 5.0, 4.0]) * self.amount * self._hold(time_s, 0.35) * (1 if self.seed % 2 else -1)

    def displacement(self, time_s: float, corners_px: Array, iod_px: float) -> Array | None:
        """How far each corner (n, 2) moves now, in pixels; None if nothing does."""
        late = abs(self.asynchrony_s) + abs(self.longer_s) / 2 if self.act == "blink" else 0.0
        if not self.onset_s - late < time_s < self.onset_s + self.duration_s + late:
            return None
        if self.act == "blink":
            return self._lids(time_s, corners_px, (0, 1))
        if self.act == "wink":
            return self._wink(time_s, corners_px, iod_px)
        if self.act == "gaze":
            return self._gaze(time_s, corners_px, iod_px)
        if self.act == "smile":
            course = self._hold(time_s, 0.35)
            both = drawn("mouth", "right") + drawn("mouth", "left") * 0.93  # no smile is wholly even
            both = both + 0.25 * (drawn("lower_lid", "right") + drawn("lower_lid", "left"))
            return on_picture(both, corners_px, _SIZES_IOD["smile"] * self.amount * course, iod_px)
        if self.act == "speech":
            return self._speech(time_s, corners_px, iod_px)
        return None

    def _hold(self, time_s: float, edge_s: float) -> float:
        into = min(time_s - self.onset_s, self.onset_s + self.duration_s - time_s)
        x = float(np.clip(into / min(edge_s, self.duration_s / 2), 0, 1))
        return x * x * (3 - 2 * x)

    def closed(self, time_s: float, side: Side) -> float:
        """How far a blink has shut the eye of this side now, against the whole travel of the lid."""
        sign = 1.0 if side == "left" else -1.0
        late = self.asynchrony_s if side == "left" else 0.0
        x = (time_s - self.onset_s - late) / (self.duration_s + sign * self.longer_s / 2)
        if not 0 < x < 1:
            return 0.0
        y = x / _CLOSES if x < _CLOSES else (1 - x) / (1 - _CLOSES)
        return self.amount * (1 + sign * self.imbalance / 2) * float(np.sin(np.pi / 2 * y) ** 2)

    def _lids(self, time_s: float, corners_px: Array, eyes: tuple[int, ...], amount: float | None = None) -> Array:
        """The upper margin falls a little beyond the lower one, as lashes do; skin above follows."""
        out = np.zeros((len(corners_px), 2))
        for eye in eyes:
            share = self.closed(time_s, "left" if eye == 1 else "right") if amount is None else amount
            if share <= 0:
                continue
            margin = list(EYES[eye])
            upper, lower = margin[1:8], margin[:8:-1]  # outer to inner corner, both
            gap = corners_px[lower] - corners_px[upper]
            out[upper] = _OVER * share * gap
            _follow(out, corners_px, upper, lower, eye)
        return out

    def _wink(self, time_s: float, corners_px: Array, iod_px: float) -> Array:
        course = self._hold(time_s, 0.15)
        eye = 0 if self.side == "right" else 1
        lids = self._lids(time_s, corners_px, (eye,), amount=self.amount * course)
        name = "right" if eye == 0 else "left"
        return lids + on_picture(drawn("mouth", name), corners_px, _SIZES_IOD["wink"] * self.amount * course, iod_px)

    def _gaze(self, time_s: float, corners_px: Array, iod_px: float) -> Array:
        """Irises go aside and down in a saccade and come back; upper lids follow the eyes down."""
        course = self._hold(time_s, 0.05)
        out = np.zeros((len(corners_px), 2))
        sideways = 0.05 if self.seed % 2 else -0.05
        out[468:POINTS] = np.array([sideways, 0.02]) * iod_px * self.amount * course
        return out + self._lids(time_s, corners_px, (0, 1), amount=0.25 * self.amount * course)

    def _speech(self, time_s: float, corners_px: Array, iod_px: float) -> Array:
        """Jaw and lips in a random row of some five shapes a second."""
        rng = np.random.default_rng([self.seed, 5])
        count = max(4, round(5.5 * self.duration_s) + 3)
        shapes = rng.uniform(0, 1, (count, 2)) * [1.0, 2.0] - [0.0, 1.0]
        at = (time_s - self.onset_s) / self.duration_s * (count - 3)
        k, x = int(at), at - int(at)
        x = x * x * (3 - 2 * x)
        jaw, wide = (shapes[k] * (1 - x) + shapes[k + 1] * x) * self._hold(time_s, 0.2) * self.amount
        return on_picture(_jaw(), corners_px, _SIZES_IOD["speech"] * float(jaw), iod_px) + on_picture(
            _lips(), corners_px, 0.03 * float(wide), iod_px
        )


def _follow(out: Array, corners_px: Array, upper: list[int], lower: list[int], eye: int) -> None:
    """Skin near the lids follows them, less with distance; the eyeball does not."""
    margin = set(EYES[eye])
    centre = corners_px[list(margin)].mean(0)
    width = float(np.linalg.norm(corners_px[EYES[eye][0]] - corners_px[EYES[eye][8]]))
    for rows, reach in ((upper, 0.5), (lower, 0.3)):
        for point in np.flatnonzero(np.linalg.norm(corners_px[:468] - centre, axis=1) < width):
            if point in margin:
                continue
            gaps = np.linalg.norm(corners_px[rows] - corners_px[point], axis=1)
            near = int(gaps.argmin())
            is_above = (corners_px[point] - corners_px[rows[near]])[1] < 0
            if is_above == (rows is upper):
                out[point] += out[rows[near]] * max(0.0, 1 - gaps[near] / (reach * width))


def _jaw() -> Array:
    """The lower lip and chin go down, the jaw's hinge stays: the deeper below the mouth the more alike."""
    at = template()
    mouth = float(at[[78, 308], 1].mean())
    out = np.zeros((len(drawn("mouth", "left")), 2))
    narrow = np.exp(-0.5 * (at[:, 0] / 0.45) ** 2)
    below = np.clip((at[:, 1] - mouth + 0.01) / 0.05, 0, 1)
    out[:POINTS, 1] = narrow * below
    out[[78, 308]] *= 0.3
    return out


def _lips() -> Array:
    """Both corners of the mouth go outwards."""
    at = template()
    corner = at[291]
    out = np.zeros((len(drawn("mouth", "left")), 2))
    for sign in (-1.0, 1.0):
        far = np.hypot(at[:, 0] - sign * corner[0], at[:, 1] - corner[1])
        out[:POINTS, 0] += sign * np.exp(-0.5 * (far / 0.22) ** 2)
    return out
