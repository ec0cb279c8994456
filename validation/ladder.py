"""How small a contraction is found, by everything that matters at once: a random sample of a large design.

Size 0.001 – 0.1 IOD, duration 33 ms – 3 s, muscles, side, 24 – 240 pictures a second, faces of 60 – 400 pixels between
the eyes, codec quality, sensor noise, head motion, light, glasses, tone and twelve people. Conditions of a recording
are a Latin hypercube: in each seed every level of every factor comes up equally often. Found: a spasm of any kind is
reported on its side, whose apex is within 0.15 s of the contraction's or lies in it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event
from validation.curves import fit_curve, size_interval
from validation.matching import WITHIN_S
from validation.measured import measured
from validation.muscles import PATTERNS
from validation.outcome import Outcome, Table, finish, percent
from validation.puppet import FACES, Film, sitter
from validation.trial import Trial, begin, number
from validation.twitches import OneSide, Twitch, truth_of

__all__ = ["FACTORS", "films", "is_found", "run"]

SPASMS = ("twitch", "tonic_spasm", "myokymia")
FACTORS: dict[str, tuple[object, ...]] = {
    "face": tuple(FACES),
    "side": ("right", "left"),
    "pictures a second": (24.0, 30.0, 60.0, 120.0, 240.0),
    "eyes apart / px": (60, 100, 160, 250, 400),
    "crf": (16, 20, 25, 30),
    "sensor noise (read; gain)": ((0.5, 0.005), (1.5, 0.03), (3.0, 0.1)),
    "sway / IOD": (0.0, 0.005, 0.02),
    "light": (0.0, 0.1),
    "glasses drawn on": (False, True),
    "tone": (1.0, 1.5, 2.2),
}
SIZES_IOD = (0.001, 0.1)
DURATIONS_S = (1 / 30, 3.0)
DURATION_BANDS_S = ((0.0, 0.07), (0.07, 0.2), (0.2, 0.6), (0.6, 3.1))
_FILMS = 24  # a seed
_HOLD_S = 0.6  # chosen: from here on a contraction is held rather than a pulse; 0.5 - 1 s
_PIXELS_A_FILM = 6e7  # chosen: what a film may cost; large faces at high rates get smaller, then shorter
_LEAST_S, _MOST_S = 4.0, 12.0


@dataclass(frozen=True, kw_only=True)
class Trialled:
    """One contraction, the conditions it came in, and whether it was found."""

    event: Event
    film: int
    level: dict[str, object]
    pattern: str
    found: bool


def films(seed: int, count: int = _FILMS) -> list[tuple[Film, dict[str, object]]]:
    """Recordings of a seed with their conditions."""
    rng = np.random.default_rng([seed, 31])
    columns = {name: rng.permutation(np.resize(np.arange(len(levels)), count)) for name, levels in FACTORS.items()}
    rows = []
    for k in range(count):
        level = {name: FACTORS[name][int(column[k])] for name, column in columns.items()}
        rate = cast(float, level["pictures a second"])
        iod = cast(int, level["eyes apart / px"])
        while iod**2 * 12 * rate * _LEAST_S > _PIXELS_A_FILM * 2 and iod > 60:
            iod = max(i for i in cast(tuple[int, ...], FACTORS["eyes apart / px"]) if i < iod)
        level["eyes apart / px"] = iod
        read, gain = cast(tuple[float, float], level["sensor noise (read; gain)"])
        length = float(np.clip(_PIXELS_A_FILM / (iod**2 * 12 * rate), _LEAST_S, _MOST_S))
        side = cast(OneSide, level["side"])
        film = Film(face=str(level["face"]), iod_px=iod, rate_hz=rate, duration_s=length, gain=gain, read_noise=read,
                    sway_iod=cast(float, level["sway / IOD"]), light_drift=cast(float, level["light"]),
                    glasses=bool(level["glasses drawn on"]), tone=cast(float, level["tone"]),
                    crf=cast(int, level["crf"]), seed=1000 * seed + k, twitches=_put_in(rng, length, side))  # fmt: skip
        rows.append((film, level))
    return rows


def _put_in(rng: np.random.Generator, length_s: float, side: OneSide) -> tuple[Twitch, ...]:
    names = sorted(PATTERNS)
    rows: list[Twitch] = []
    at = float(rng.uniform(0.6, 1.0))
    while True:
        duration = float(np.exp(rng.uniform(*np.log(DURATIONS_S))))
        duration = min(duration, length_s / 3)
        if at + duration + 0.4 > length_s:
            return tuple(rows)
        rows.append(Twitch(onset_s=at, duration_s=duration, side=side, pattern=names[rng.integers(len(names))],
                           size_iod=float(np.exp(rng.uniform(*np.log(SIZES_IOD)))), rise=float(rng.uniform(0.3, 0.5)),
                           course="hold" if duration >= _HOLD_S else "pulse"))  # fmt: skip
        at += duration + float(rng.uniform(0.5, 0.9))


def is_found(event: Event, reported: list[Event]) -> bool:
    """Whether a spasm is reported on its side, at its apex or within it."""
    return any(
        r.trial_type in SPASMS
        and r.side == event.side
        and (abs(r.apex_s - event.apex_s) <= WITHIN_S or event.onset_s <= r.apex_s <= event.offset_s)
        for r in reported
    )


def _row(name: str, rows: list[Trialled]) -> tuple[str, ...]:
    if len(rows) < 8:
        return (name, str(len(rows)), "–", "–", "–")
    size = np.array([r.event.amplitude_iod for r in rows])
    found = np.array([r.found for r in rows])
    value, low, high = size_interval(size, found, np.array([r.film for r in rows]))
    clear = f"{value:.4f}" if value <= SIZES_IOD[1] else f"> {SIZES_IOD[1]:g}"
    ends = " – ".join(f"{v:.4f}" if v <= SIZES_IOD[1] else f"> {SIZES_IOD[1]:g}" for v in (low, high))
    return (name, str(len(rows)), clear, ends, number(fit_curve(size, found).slope, 1))


def run(trial: Trial) -> Outcome:
    """All films of all seeds."""
    rows: list[Trialled] = []
    false, minutes = 0, 0.0
    for seed in range(trial.seeds):
        for k, (film, level) in enumerate(films(seed, 6 if trial.quick else _FILMS)):
            who = sitter(film.face, trial.footage, trial.cache)
            session = measured(film.clip(who, trial.cache), trial.cache)
            reported = [] if session is None else [e for e in session.events if e.trial_type in SPASMS]
            new = [Trialled(event=t.truth, film=seed * 1000 + k, level=level, pattern=t.pattern,
                            found=is_found(t.truth, reported)) for t in film.twitches]  # fmt: skip
            truth = truth_of(film.twitches)
            false += sum(not any(t.onset_s - WITHIN_S <= e.apex_s <= t.offset_s + WITHIN_S for t in truth)
                         for e in reported)  # fmt: skip
            minutes += film.duration_s / 60
            rows += new
            trial.say(f"film {seed}.{k} {film.face}: {sum(r.found for r in new)} of {len(new)}")
    outcome = Outcome(
        name="ladder",
        title="Sensitivity ladder",
        about=f"{len(rows)} contractions in {minutes:.1f} minutes of {len({r.film for r in rows})} recordings of "
        f"{len({r.level['face'] for r in rows})} people. Curves are logistic in the logarithm of the size; intervals "
        "(95 %) draw whole recordings. Each row takes all other conditions as they come, harsh ones included. "
        f"Reported where nothing was put in: {false} ({false / minutes:.1f} a minute).",
        command=trial.command("ladder"),
    )
    head = ("", "contractions", "nine in ten found at / IOD", "95 % interval", "slope")
    outcome.tables = [Table(title="All, and the usual case.", head=head, rows=(
        _row("all", rows),
        _row("a still, well-lit head: 24 – 60 a second, crf ≤ 25, low noise, 70 – 600 ms",
             [r for r in rows if r.level["sway / IOD"] in (0.0, 0.005) and cast(int, r.level["crf"]) <= 25
              and cast(float, r.level["pictures a second"]) <= 60 and 0.07 <= r.event.duration_s <= 0.6
              and cast(tuple[float, float], r.level["sensor noise (read; gain)"])[0] < 2]),
    ))]  # fmt: skip
    bands = [(0.001, 0.002), (0.002, 0.005), (0.005, 0.01), (0.01, 0.02), (0.02, 0.05), (0.05, 0.101)]
    shares = [(f"{a:g} – {b:.3g}", _share([r for r in rows if a <= r.event.amplitude_iod < b])) for a, b in bands]
    outcome.tables.append(Table(title="Share found, by size.", head=("size / IOD", "found"), rows=tuple(shares)))
    by_factor = [("duration", f"{a:g} – {b:.2g} s", [r for r in rows if a <= r.event.duration_s < b])
                 for a, b in DURATION_BANDS_S]  # fmt: skip
    by_factor += [("muscles", p.replace("_", " "), [r for r in rows if r.pattern == p]) for p in sorted(PATTERNS)]
    by_factor += [(name, _said(v), [r for r in rows if r.level[name] == v]) for name, vs in FACTORS.items() for v in vs]
    listed = tuple(_row(f"{name}: {level}", part) for name, level, part in by_factor)
    outcome.tables.append(Table(title="By factor.", head=head, rows=listed))
    return outcome


def _said(level: object) -> str:
    if isinstance(level, bool):
        return "yes" if level else "no"
    if isinstance(level, tuple):
        return "; ".join(f"{v:g}" for v in level)
    return f"{level:g}" if isinstance(level, int | float) else str(level)


def _share(rows: list[Trialled]) -> str:
    found: NDArray[np.bool_] = np.array([r.found for r in rows], bool)
    return percent(int(found.sum()), len(rows))


if __name__ == "__main__":
    this = begin("validation.ladder", __doc__, seeds=2)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
