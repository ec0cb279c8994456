"""Contractions of known size in films that first state their limit: what `validation.stated_limit` sets and judges.

Two warps that share nothing move the skin: the sheet of triangles (`validation.surface`) and smooth patches
(`facialis.phantom.animate`). The films are puppets, rendered heads and real recordings, at rest and moving. Sizes
follow from what the evidence asks for in the quiet film, not from the limit that it states, so that a new fit of the
limit needs no new films; and what was found is kept until code other than the limit's changes.
"""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml

import facialis
from facialis.core.records import Session
from facialis.core.settings import Settings
from facialis.measure.events.decision import Found, detect
from facialis.measure.limits import PULSE_S, evidence_limits, missing_rest
from facialis.phantom.contractions import PATTERNS, Contraction, OneSide
from facialis.phantom.specification import parse_spec
from validation.clips import QuietClip, phantom_clip
from validation.matching import pairs
from validation.measured import measured, twitches_of
from validation.overlaid import Footage
from validation.puppet import Film, sitter
from validation.trial import Trial
from validation.twitches import Twitch

__all__ = ["RECORDINGS", "Recording", "Row", "rows_of"]

MULTIPLES = {False: (0.5, 0.7, 1.0, 1.4, 2.0, 2.8), True: (0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6)}  # by whether it moves
# Chosen: about the limit at rest (times what the evidence asks for, and in IOD), where trials tell most.
BASE = {"lids": (1.0, 0.003), "lower_lid": (1.2, 0.006), "mouth": (2.0, 0.0045)}
MOST_IOD = {"sheet": 0.1, "patches": 0.05}  # what is larger than this no skin does, or folds the picture
_PATTERN = {"lids": "eye", "lower_lid": "lower_lid", "mouth": "mouth"}  # of the patches
_LENGTH_S = 12.0
_CODE = Path(facialis.__file__).parent


@dataclass(frozen=True, kw_only=True)
class Recording:
    """A film, whose it is, whether it sets the limit or judges it, and how often a seed repeats it.

    ``film`` is a puppet's; else ``name`` begins with a file of the footage or with a rendered head.
    """

    name: str
    person: str
    sets: bool
    moves: bool = False
    film: Film | None = None
    copies: int = 1


def _puppet(name: str, sets: bool = False, **film: object) -> Recording:
    face = name.split(",")[0]
    made = Film(face=face, **({"duration_s": _LENGTH_S} | film))  # type: ignore[arg-type]
    return Recording(name=name, person=face, sets=sets, film=made)


RECORDINGS = (
    Recording(name="evm_face.mp4", person="evm", sets=True),
    _puppet("lwbsza, 130 px, light drifts", iod_px=130, light_drift=0.1),
    Recording(name="lp_d13.mp4", person="d13", sets=True, moves=True),
    Recording(name="lp_d9.mp4", person="d9", sets=False, moves=True),
    _puppet("bbaf2n, 110 px, sways", True, sway_iod=0.01),
    _puppet("lbax4n, 100 px, 24 a second", rate_hz=24.0, iod_px=100),
    Recording(name="WolfgangLanger_Pexels.mp4", person="wolfgang", sets=True, moves=True),
    _puppet("d13, 150 px, noisy", True, iod_px=150, read_noise=3.0, gain=0.1),
    _puppet("swiz3n, 110 px, crf 28", crf=28),
    Recording(name="bbaf2n.mpg", person="bbaf2n", sets=True, moves=True, copies=4),
    Recording(name="swiz3n.mpg", person="swiz3n", sets=False, moves=True, copies=4),
    _puppet("brbk7n, 70 px, still", True, iod_px=70),
    Recording(name="woman_b, rendered", person="woman_b", sets=True),
    Recording(name="man_b, rendered", person="man_b", sets=False),
    _puppet("xface, 120 px, dark tone", iod_px=120, tone=1.8),
)
"""People who set the limit take no part in judging it."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One contraction: what the evidence asked for in its quiet film, how much of that moved, and what came of it.

    ``told_iod`` is the size that was told; NaN where no twitch was told on its side.
    """

    recording: str
    part: str
    warp: str
    size_iod: float
    evidence_iod: float
    moving: float
    told_iod: float

    @property
    def found(self) -> bool:
        """Whether a twitch was told on its side, at its moment."""
        return bool(np.isfinite(self.told_iod))


def _found(session: Session) -> Found:
    return detect(session.motion, Settings().events, "trial")


def _drawn(
    recording: Recording, evidence: Mapping[tuple[str, str], float | None], length_s: float, warp: str, seed: int
) -> Iterator[tuple[float, str, OneSide, float]]:
    """Onset, part, side and size; parts, sides and sizes in random order."""
    rng = np.random.default_rng([seed, len(warp), 43, *np.frombuffer(recording.name.encode(), np.uint8)])
    every = [
        (part, side, size)
        for (part, side), value in evidence.items()
        if value is not None
        for m in MULTIPLES[recording.moves]
        if (size := m * float(np.hypot(BASE[part][0] * value, BASE[part][1]))) <= MOST_IOD[warp]
    ]
    pool: list[int] = []
    at = 0.7
    while at + PULSE_S + 0.3 < length_s and every:
        pool = pool or rng.permutation(len(every)).tolist()
        part, side, size = every[pool.pop()]
        yield at, part, side, size  # type: ignore[misc]
        at += float(rng.uniform(0.6, 0.8))


def _head(person: str, cache: Path) -> Path:
    """A rendered head that sways a little and blinks now and then."""
    sway = {"act": "head_motion", "motion": "walk", "onset_s": 0, "duration_s": _LENGTH_S, "yaw_deg": 0.7}
    sway |= {"pitch_deg": 0.5, "roll_deg": 0.3, "x_iod": 0.02, "y_iod": 0.015}
    spec = {
        "duration_s": _LENGTH_S,
        "frame_rate_hz": 30,
        "seed": 43,
        "identity": {"person": person, "tone": "brown"},
        "camera": {"width_px": 360, "height_px": 360, "iod_share": 0.27, "read_noise": 1.5},
        "acts": [sway, {"act": "blink", "onset_s": 4.2}, {"act": "blink", "onset_s": 8.9}],
    }
    return phantom_clip(parse_spec(yaml.safe_dump(spec), "made here", f"{person} limit"), cache)


def _makers(trial: Trial, recording: Recording) -> dict[str, tuple[Callable[[tuple[Twitch, ...]], Path], float]]:
    """By warp, what makes a film with contractions, and how long it is."""
    film = recording.film
    if film is not None:
        who = sitter(film.face, trial.footage, trial.cache)
        patched = film.clip(who, trial.cache)
        made: dict[str, tuple[Callable[[tuple[Twitch, ...]], Path], float]] = {
            "sheet": (lambda put_in: replace(film, twitches=put_in).clip(who, trial.cache), film.duration_s)
        }
    else:
        rendered = recording.name.endswith("rendered")
        patched = _head(recording.person, trial.cache) if rendered else trial.footage / recording.name
        real = Footage(patched, trial.cache, stop_s=25.0)
        made = {"sheet": (lambda put_in: real.clip(put_in, 20), real.duration_s)}
    if film is None and real.duration_s > 13.0:
        return made  # long films are costly, and the sheet follows a moving face better
    quiet = QuietClip(patched, trial.cache)

    def patches(put_in: tuple[Twitch, ...]) -> Path:
        acts = [
            Contraction(
                onset_s=t.onset_s,
                duration_s=t.duration_s,
                side=t.side,
                amplitude_iod=t.size_iod,
                rise_share=t.rise,
                regions=PATTERNS[_PATTERN[t.pattern]],
            )
            for t in put_in
        ]
        return quiet.with_contractions(acts)[0]

    return made | {"patches": (patches, quiet.duration_s)}


def _code() -> str:
    """Eight digits that change with all that measures, except with what makes a limit of the evidence."""
    files = sorted(p for room in ("measure", "numeric") for p in (_CODE / room).rglob("*.py"))
    files += sorted(p for p in (_CODE / "data").iterdir() if p.name in ("kinds.yaml", "kinds.npz", "regions.yaml"))
    files.append(Path(__file__))
    return hashlib.sha256(b"".join(p.read_bytes() for p in files if p.name != "limits.py")).hexdigest()[:8]


def rows_of(trial: Trial, recording: Recording, seed: int) -> list[Row]:
    """All contractions of a recording and seed; kept beside the films."""
    name = hashlib.sha256(f"{recording!r} {seed}".encode()).hexdigest()[:12]
    kept = trial.cache / f"limit.{name}.{_code()}.rows"
    if kept.exists():
        found: list[Row] = pickle.loads(kept.read_bytes())
        return found
    rows: list[Row] = []
    for warp, (make, length_s) in _makers(trial, recording).items():
        quiet = measured(make(()), trial.cache)
        if quiet is None:
            continue
        still = _found(quiet)
        evidence, moving = evidence_limits(still), missing_rest(still)
        for copy in range(recording.copies):
            drawn = _drawn(recording, evidence, length_s, warp, 100 * seed + copy)
            put_in = tuple(
                Twitch(onset_s=at, duration_s=PULSE_S, side=side, size_iod=size, rise=0.5, pattern=part)
                for at, part, side, size in drawn
            )
            reported = twitches_of(measured(make(put_in), trial.cache))
            told = dict(pairs([t.truth for t in put_in], reported))
            for k, t in enumerate(put_in):
                event = reported[told[k]] if k in told else None
                rows.append(
                    Row(
                        recording=recording.name,
                        part=t.pattern,
                        warp=warp,
                        size_iod=t.size_iod,
                        evidence_iod=evidence[t.pattern, t.side] or np.nan,
                        moving=moving,
                        told_iod=event.amplitude_iod if event is not None and event.side == t.side else np.nan,
                    )
                )
    kept.write_bytes(pickle.dumps(rows))
    trial.say(f"{recording.name}, {seed}: {sum(r.found for r in rows)} of {len(rows)}")
    return rows
