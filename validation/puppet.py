"""A face from a single picture of a person, made to move: the sheet of triangles, turned, lit and filmed anew.

One sharp frame of each of many people is cut into triangles (validation/surface.py). Each moment their corners are
moved by contractions (validation/twitches.py), by what faces do at will (validation/behaviours.py) and by the turning
of the head in depth; the picture is rendered with supersampling, lit, given the noise of a sensor and encoded. Nothing
of it is shared with the phantoms of the product. Every displacement is known exactly.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Frame
from facialis.film.encode import VideoWriter, replacing
from facialis.film.video import VideoFile
from facialis.measure.face.mesh import FaceMesh
from validation.behaviours import Behaviour
from validation.surface import EYES, POINTS, eye_distance_px, moved_map, sheet
from validation.trial import code_key
from validation.twitches import Twitch, displacement

__all__ = ["FACES", "Film", "Sitter", "sitter", "sitters"]

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]

# People of the footage and a moment at which each looks into the camera, eyes open, mouth at rest.
FACES: dict[str, tuple[str, float]] = {
    "evm": ("evm_face.mp4", 1.0),
    "d9": ("lp_d9.mp4", 0.3),
    "d13": ("lp_d13.mp4", 0.2),
    "clm": ("clm_cap12.mp4", 0.6),
    "bbaf2n": ("bbaf2n.mpg", 0.1),
    "brbk7n": ("brbk7n.mpg", 0.1),
    "lbax4n": ("lbax4n.mpg", 0.1),
    "swiz3n": ("swiz3n.mpg", 0.1),
    "lwbsza": ("lwbsza.mpg", 0.1),
    "pwij3p": ("pwij3p.mpg", 0.1),
    "xface": ("xface_neutral.gif", 0.5),
    "single": ("single_face.mp4", 0.1),
}

_WIDE_IOD, _HIGH_IOD = 3.2, 3.8  # chosen: of the picture that is rendered; holds head and some ground
_EYES_AT = (0.5, 0.40)  # where the eyes' middle lies in it
_FINE = 3  # pixels of the source for one of the picture; chosen: positions are then good to a hundredth of a pixel
_SAMPLES = 2  # rays a pixel and direction; chosen: as a sensor gathers light over its whole cell
_OWN = ("surface", "muscles", "twitches", "behaviours", "puppet")


@dataclass(frozen=True)
class Sitter:
    """A person's picture (float32 luma and chroma planes at luma size) with the mesh's corners in it, in pixels."""

    name: str
    planes: NDArray[np.float32]
    points_px: Array


def sitter(name: str, footage: Path, cache: Path) -> Sitter:
    """One of `FACES`, as it was filmed."""
    kept = cache / f"sitter.{name}.{code_key('measure/face/mesh')}.npz"
    if not kept.exists():
        file, moment = FACES[name]
        with VideoFile(footage / file) as video:
            frame = next(iter(video.frames(moment)))
        mesh = FaceMesh().look(frame).mesh
        assert mesh is not None, f"no face in {file} at {moment} s"
        height, width = frame.luma.shape
        colours = [cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC) for plane in frame.chroma]
        planes = np.stack([frame.luma, *colours]).astype(np.float32)
        np.savez(kept, planes=planes, points_px=mesh.points_px)
    with np.load(kept) as file_:
        return Sitter(name, file_["planes"], file_["points_px"])


@dataclass(frozen=True, kw_only=True)
class Film:
    """How a puppet is filmed, and all that it does."""

    face: str
    iod_px: int = 110
    rate_hz: float = 30.0
    duration_s: float = 10.0
    twitches: tuple[Twitch, ...] = ()
    behaviours: tuple[Behaviour, ...] = ()
    sway_iod: float = 0.0
    """Standard deviation of the head's sideways sway; it turns by 20 degrees and tilts by 4 for each IOD of it."""
    light_drift: float = 0.0
    """Light swings slowly by this share."""
    gain: float = 0.03
    read_noise: float = 1.0
    """The noise of a grey level y has the variance gain · y + read_noise²."""
    tone: float = 1.0
    """Exponent of the tone curve of skin and all: above 1 darker."""
    glasses: bool = False
    crf: int | None = 20
    """None: not encoded."""
    seed: int = 0

    @property
    def truth(self) -> tuple[Event, ...]:
        """All events, by onset."""
        rows = [t.truth for t in self.twitches] + [b.truth for b in self.behaviours if b.truth is not None]
        return tuple(sorted(rows, key=lambda e: e.onset_s))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, even."""
        return round(_WIDE_IOD * self.iod_px / 2) * 2, round(_HIGH_IOD * self.iod_px / 2) * 2

    def frames(self, who: Sitter) -> Iterator[Frame]:
        """The pictures, in order."""
        return _Stage(self, who).frames()

    def clip(self, who: Sitter, cache: Path) -> Path:
        """As an encoded file, made once."""
        here = Path(__file__).parent
        code = hashlib.sha256(b"".join((here / f"{name}.py").read_bytes() for name in _OWN)).hexdigest()[:8]
        path = cache / f"puppet.{hashlib.sha256(repr(self).encode()).hexdigest()[:12]}.{code}.mp4"
        if not path.exists():
            width, height = self.size
            assert self.crf is not None
            with (
                replacing(path) as (part,),
                VideoWriter(part, width_px=width, height_px=height, frame_rate_hz=self.rate_hz, crf=self.crf) as writer,
            ):
                for frame in self.frames(who):
                    writer.write(frame)
                writer.finish()
        return path


@dataclass
class _Stage:
    """The sitter at the film's scale, and what moves."""

    film: Film
    who: Sitter
    rng: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        film = self.film
        self.rng = np.random.default_rng([film.seed, 17])
        width, height = film.size
        points = self.who.points_px
        own_iod = eye_distance_px(points)
        scale = film.iod_px / own_iod
        middle = points[[33, 133, 362, 263], :2].mean(0)
        # From picture to source, three source pixels for one: enlarged by splines, reduced by means.
        fine = scale * _FINE
        matrix = np.array([[fine, 0.0, 0.0], [0.0, fine, 0.0]])
        matrix[:, 2] = np.array(_EYES_AT) * [width, height] * _FINE - fine * middle
        planes = self.who.planes
        if fine < 1:
            planes = np.stack([cv2.GaussianBlur(p, (0, 0), 0.5 / fine) for p in planes])
        size = (width * _FINE, height * _FINE)
        self.source = np.stack(
            [cv2.warpAffine(p, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT) for p in planes]
        )
        self.points = points.copy() * scale
        self.points[:, :2] += np.array(_EYES_AT) * [width, height] - scale * middle
        self.corners = sheet(self.points)
        self._tone()
        if film.glasses:
            self._glasses()
        t = np.linspace(0, film.duration_s, max(8, int(2 * film.duration_s)))
        self._knots = (t, self.rng.normal(size=(5, len(t))))

    def _tone(self) -> None:
        luma = np.clip(self.source[0] / 255, 0, 1) ** np.float32(self.film.tone)
        self.source[0] = luma * 255

    def _glasses(self) -> None:
        """A dark frame round each eye and a bridge, with a bright spot on each glass."""
        pen = max(2, round(0.035 * self.film.iod_px * _FINE))
        for numbers in ((33, 133), (263, 362)):
            centre = self.points[list(numbers), :2].mean(0) * _FINE
            axes = np.array([0.33, 0.25]) * self.film.iod_px * _FINE
            at = (int(centre[0]), int(centre[1]))
            cv2.ellipse(self.source[0], at, (int(axes[0]), int(axes[1])), 0, 0, 360, 30.0, pen, cv2.LINE_AA)
            spot = (int(centre[0] + 0.4 * axes[0]), int(centre[1] - 0.5 * axes[1]))
            cv2.circle(self.source[0], spot, pen, 225.0, -1, cv2.LINE_AA)
        ends = [tuple(int(v) for v in self.points[k, :2] * _FINE) for k in (133, 362)]
        cv2.line(self.source[0], ends[0], ends[1], 30.0, pen, cv2.LINE_AA)

    def _walk(self, k: int, time_s: float) -> float:
        """Smooth random course of unit variance."""
        t, values = self._knots
        i = int(np.clip(np.searchsorted(t, time_s) - 1, 1, len(t) - 3))
        x = (time_s - t[i]) / (t[i + 1] - t[i])
        a, b, c, d = values[k, i - 1 : i + 3]
        return float(b + 0.5 * x * (c - a + x * (2 * a - 5 * b + 4 * c - d + x * (3 * (b - c) + d - a))))

    def goal(self, time_s: float) -> tuple[Array, Array]:
        """Where the sheet's corners are at this moment (n, 2), in pixels; and where if no lid had moved."""
        film = self.film
        at = self.corners.copy()
        flat = self.corners[:, :2]
        shift = displacement(film.twitches, time_s, flat, float(film.iod_px))
        for behaviour in film.behaviours:
            more = behaviour.displacement(time_s, flat, float(film.iod_px))
            if more is not None:
                shift = more if shift is None else shift + more
        if shift is not None:
            at[:, :2] += shift
        turn = np.array([self._walk(k, time_s) for k in range(3)]) * film.sway_iod * [20.0, 14.0, 4.0]
        yaw, pitch, roll = np.radians(turn + sum((b.turn_deg(time_s) for b in film.behaviours), np.zeros(3)))
        centre = np.array([*self.points[[127, 356], :2].mean(0), float(self.points[[127, 356], 2].mean())])
        sway = np.array([self._walk(3, time_s), self._walk(4, time_s)]) * film.sway_iod * film.iod_px
        sway += centre[:2]
        open_eyes = at.copy()
        for eye in EYES:
            open_eyes[list(eye)] = self.corners[list(eye)]
        matrix = _rotation(yaw, pitch, roll).T[:, :2]
        return (at - centre) @ matrix + sway, (open_eyes - centre) @ matrix + sway

    def frames(self) -> Iterator[Frame]:
        width, height = self.film.size
        count = round(self.film.duration_s * self.film.rate_hz)
        last: tuple[Array, Array] | None = None
        for index in range(count):
            time_s = index / self.film.rate_hz
            now = self.goal(time_s)
            # Nothing has moved: the same picture, with noise of its own.
            if last is None or any(not np.array_equal(a, b) for a, b in zip(now, last, strict=True)):
                planes = self._rendered(*now)
            last = now
            light = 1 + self.film.light_drift * np.sin(2 * np.pi * time_s / 7.0 + self.film.seed)
            luma = np.clip(planes[0] * light, 0, 255)
            if self.film.gain or self.film.read_noise:
                spread = np.sqrt(self.film.gain * luma + self.film.read_noise**2)
                luma = luma + spread * self.rng.standard_normal(luma.shape, dtype=np.float32)
            chroma = np.stack(
                [cv2.resize(p, (width // 2, height // 2), interpolation=cv2.INTER_AREA) for p in planes[1:]]
            )
            yield Frame(index=index, time_s=time_s, luma=_bytes(luma), chroma=_bytes(chroma))

    def _rendered(self, goal: Array, eyes: Array) -> NDArray[np.float32]:
        width, height = self.film.size
        where = _far_still(self.corners[:, :2], goal, eyes, (height, width))
        # Coordinates at the centres of two by two rays in each pixel, in pixels of the fine source.
        big = (width * _SAMPLES, height * _SAMPLES)
        x, y = (
            cv2.resize((where[..., k] + 0.5) * _FINE - 0.5, big, interpolation=cv2.INTER_LINEAR).astype(np.float32)
            for k in (0, 1)
        )
        luma = cv2.remap(self.source[0], x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        luma = cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA)
        colours = [
            cv2.remap(p, x[::2, ::2], y[::2, ::2], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
            for p in self.source[1:]
        ]
        return np.asarray(np.stack([luma, *colours]), dtype=np.float32)


def _far_still(corners: Array, goal: Array, eyes: Array, size: tuple[int, int]) -> Array:
    """Where each pixel comes from; beyond the sheet the ground moves with the outer ring's mean (the camera's part)."""
    where = moved_map(corners, goal, size, eyes=eyes)
    ring = slice(POINTS + (len(corners) - POINTS) // 2, None)
    drift = (goal[ring] - corners[ring]).mean(0)
    if np.abs(drift).max() > 1e-6:
        y, x = np.mgrid[0 : size[0], 0 : size[1]]
        outside = (where[..., 0] == x) & (where[..., 1] == y)
        where[outside] -= drift
    return where


def _rotation(yaw: float, pitch: float, roll: float) -> Array:
    """x to the right of the picture, y down, depth away from the camera."""
    cy, sy, cp, sp, cr, sr = *_cs(yaw), *_cs(pitch), *_cs(roll)
    about_y = np.array([[cy, 0, -sy], [0, 1, 0], [sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y)


def _cs(angle: float) -> tuple[float, float]:
    return float(np.cos(angle)), float(np.sin(angle))


def _bytes(values: NDArray[np.float32]) -> Bytes:
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)


def sitters(footage: Path, cache: Path, names: Sequence[str] = tuple(FACES)) -> list[Sitter]:
    """Several at once."""
    return [sitter(name, footage, cache) for name in names]
