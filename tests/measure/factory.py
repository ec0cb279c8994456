"""Motion without pictures: noise, and on it twitches, holds, ripples, blinks, smiles, turns and gaps of known place.

A `Face` is acted upon and then asked for its `Motion`; sizes are in share of the interocular distance (IOD), times in
seconds, sides the person's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from facialis.core.records import SIDES, Event, Motion, Recording
from facialis.measure.regions import regions

Floats = NDArray[np.float64]
Side = Literal["left", "right"]

NAMES = tuple(region.name for region in regions())
SIDED: tuple[Side, ...] = ("right", "left")
assert SIDED == SIDES
PULL = np.array([region.pull for region in regions()])
PULL /= np.linalg.norm(PULL, axis=1, keepdims=True)

SPASM: Mapping[str, float] = {
    "upper_lid": 0.7,
    "lower_lid": 0.8,
    "outer_canthus": 0.6,
    "infraorbital": 0.7,
    "cheek": 0.8,
    "buccal": 0.6,
    "alar": 0.5,
    "mouth_corner": 1.0,
    "upper_lip": 0.5,
    "lower_lip": 0.3,
}
"""A whole half of the face: eye, cheek and mouth together."""
EYE: Mapping[str, float] = {"upper_lid": 1.0, "lower_lid": 1.0, "outer_canthus": 0.6, "infraorbital": 0.7}
LID: Mapping[str, float] = {"lower_lid": 1.0, "infraorbital": 0.4}
SMILE: Mapping[str, float] = {
    "mouth_corner": 1.0,
    "cheek": 0.7,
    "buccal": 0.8,
    "upper_lip": 0.6,
    "lower_lip": 0.5,
    "alar": 0.4,
    "lower_lid": 0.2,
    "infraorbital": 0.3,
}
BABINSKI: Mapping[str, float] = {**EYE, "outer_brow": 0.9, "forehead": 0.8, "inner_brow": 0.0}
OPEN_IOD = 0.2


def bump(time_s: Floats, onset_s: float, duration_s: float) -> Floats:
    """A raised cosine of height 1."""
    x = (time_s - onset_s) / duration_s
    return np.where((x > 0) & (x < 1), np.sin(np.pi * np.clip(x, 0, 1)) ** 2, 0.0)


def plateau(time_s: Floats, onset_s: float, duration_s: float, rise_s: float) -> Floats:
    """Up in ``rise_s``, held, and down in ``rise_s``."""

    def ramp(x: Floats) -> Floats:
        return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.clip(x, 0, 1)))

    x = time_s - onset_s
    return np.minimum(ramp(x / rise_s), ramp((duration_s - x) / rise_s))


class Face:
    """A face at rest in front of an ordinary camera, to be acted upon.

    Parameters
    ----------
    duration_s, rate_hz
        Length and pictures a second.
    noise_iod
        Standard deviation of each displacement from picture to picture; slow drift of the same size is added.
    seed
        Of the noise.
    """

    def __init__(
        self, duration_s: float = 20.0, *, rate_hz: float = 30.0, noise_iod: float = 0.001, seed: int = 1
    ) -> None:
        rng = np.random.Generator(np.random.SFC64(seed))
        self.time_s: Floats = np.arange(round(duration_s * rate_hz)) / rate_hz
        n = len(self.time_s)
        self.noise_iod = noise_iod
        shape = (n, 2, len(NAMES), 2)
        slow = gaussian_filter1d(rng.standard_normal(shape), 0.7 * rate_hz, axis=0)
        slow *= noise_iod / max(float(slow.std()), 1e-12)
        self.moved: Floats = noise_iod * rng.standard_normal(shape) + slow
        self.aperture: Floats = OPEN_IOD + 0.004 * rng.standard_normal((n, 2))
        pose = gaussian_filter1d(rng.standard_normal((n, 3)), 0.5 * rate_hz, axis=0)
        self.pose: Floats = 0.3 * pose / max(float(pose.std()), 1e-12)
        self.quality: Floats = np.full(n, 0.95)
        self.keep: NDArray[np.bool_] = np.ones(n, bool)

    def contract(self, side: Side, course: Floats, size_iod: float, shares: Mapping[str, float] = SPASM) -> Face:
        """Windows of a side move the way their muscle pulls, by ``size_iod`` times ``course``."""
        for name, share in shares.items():
            k = NAMES.index(name)
            self.moved[:, SIDES.index(side), k] += size_iod * share * course[:, None] * PULL[k]
        return self

    def twitch(
        self,
        at_s: float,
        side: Side,
        size_iod: float = 0.03,
        *,
        duration_s: float = 0.15,
        shares: Mapping[str, float] = SPASM,
    ) -> Face:
        """A clonic pulse with its apex at ``at_s``."""
        return self.contract(side, bump(self.time_s, at_s - duration_s / 2, duration_s), size_iod, shares)

    def both(self, at_s: float, size_iod: float = 0.03, *, duration_s: float = 0.15) -> Face:
        """The same brief movement on both sides."""
        for side in SIDED:
            self.twitch(at_s, side, size_iod, duration_s=duration_s)
        return self

    def hold(
        self, onset_s: float, duration_s: float, side: Side, size_iod: float = 0.04, *, rise_s: float = 0.15
    ) -> Face:
        """A tonic contraction."""
        return self.contract(side, plateau(self.time_s, onset_s, duration_s, rise_s), size_iod)

    def ripple(
        self, onset_s: float, duration_s: float, side: Side, size_iod: float = 0.012, *, rate_hz: float = 5.0
    ) -> Face:
        """A lower lid that ripples."""
        inside = (self.time_s >= onset_s) & (self.time_s < onset_s + duration_s)
        course = np.where(inside, np.sin(np.pi * rate_hz * (self.time_s - onset_s)) ** 2, 0.0)
        return self.contract(side, course, size_iod, LID)

    def blink(self, onset_s: float, *, duration_s: float = 0.25, late_s: float = 0.0, depth: float = 0.75) -> Face:
        """Both eyes close and open, the left one ``late_s`` later; the lids travel as the mesh sees them do."""
        for k, side in enumerate(SIDED):
            course = bump(self.time_s, onset_s + (late_s if side == "left" else 0.0), duration_s)
            self.contract(side, course, 0.06, {"upper_lid": 1.0, "lower_lid": 0.25, "outer_canthus": 0.15})
            self.aperture[:, k] -= depth * OPEN_IOD * course
        return self

    def shut(self, onset_s: float, duration_s: float) -> Face:
        """Both eyes stay closed."""
        course = plateau(self.time_s, onset_s, duration_s, 0.1)
        for k, side in enumerate(SIDED):
            self.contract(side, course, 0.06, {"upper_lid": 1.0, "lower_lid": 0.25})
            self.aperture[:, k] -= 0.9 * OPEN_IOD * course
        return self

    def smile(self, onset_s: float, duration_s: float, size_iod: float = 0.08, *, weaker_right: float = 0.9) -> Face:
        """A voluntary smile, on the right a little less than on the left, as faces are."""
        course = plateau(self.time_s, onset_s, duration_s, 0.4)
        self.contract("left", course, size_iod, SMILE)
        return self.contract("right", course, weaker_right * size_iod, SMILE)

    def lose(self, start_s: float, stop_s: float) -> Face:
        """The face is not seen; a gap."""
        gone = (self.time_s >= start_s) & (self.time_s < stop_s)
        for values in (self.moved, self.aperture, self.pose):
            values[gone] = np.nan
        self.quality[gone] = 0.0
        return self

    def hide(self, name: str, side: Side, start_s: float = 0.0, stop_s: float = np.inf) -> Face:
        """One window is not seen."""
        self.moved[(self.time_s >= start_s) & (self.time_s < stop_s), SIDES.index(side), NAMES.index(name)] = np.nan
        return self

    def drop(self, start_s: float, stop_s: float) -> Face:
        """Pictures are missing from the file."""
        self.keep &= ~((self.time_s >= start_s) & (self.time_s < stop_s))
        return self

    def mirrored(self) -> Face:
        """The same with the sides exchanged."""
        self.moved = self.moved[:, ::-1].copy()
        self.aperture = self.aperture[:, ::-1].copy()
        self.pose = self.pose * [-1.0, 1.0, -1.0]
        return self

    def motion(self, later_s: float = 0.0) -> Motion:
        """What a pass over such a recording gives."""
        keep = self.keep
        error = np.where(np.isfinite(self.moved[..., 0]), self.noise_iod, np.nan)
        return Motion(
            time_s=self.time_s[keep] + later_s,
            regions=NAMES,
            displacement_iod=self.moved[keep],
            error_iod=error[keep],
            aperture_iod=self.aperture[keep],
            pose_deg=self.pose[keep],
            quality=self.quality[keep],
        )


def near(events: tuple[Event, ...] | list[Event], at_s: float, within_s: float = 0.1) -> list[Event]:
    """Events with their apex near a moment."""
    return [event for event in events if abs(event.apex_s - at_s) <= within_s]


def of(events: tuple[Event, ...] | list[Event], *kinds: str) -> list[Event]:
    """Events of some kinds."""
    return [event for event in events if event.trial_type in kinds]


def recording(motion: Motion, **changes: object) -> Recording:
    """Facts of a recording that such motion could come from."""
    steps = np.diff(motion.time_s)
    facts: dict[str, object] = {
        "name": "made",
        "sha256": "0" * 64,
        "container": "memory",
        "codec": "memory",
        "width_px": 640,
        "height_px": 480,
        "rotation_deg": 0,
        "duration_s": float(motion.time_s[-1] + np.median(steps)),
        "frames": len(motion.time_s),
        "frames_declared": len(motion.time_s),
        "frame_rate_hz": float(1 / np.median(steps)),
        "frame_interval_sd_ms": float(1e3 * steps.std()),
        "variable_rate": False,
        "truncated": False,
        "gaps": (),
    }
    return Recording(**(facts | changes))  # type: ignore[arg-type]
