"""How small a contraction is found, by everything that matters at once: a space-filling sample of a large design.

Size 0.001 – 0.1 IOD, duration 33 ms – 3 s, muscles, side, 24 – 240 pictures a second, faces of 60 – 400 pixels between
the eyes, codec quality, sensor noise, head motion, light, glasses, tone and twelve people. Conditions of a recording
are a Latin hypercube: in each half every level of every factor comes up equally often. Sizes of the first half are
spread evenly by their logarithm; those of the second are put where a curve fitted to the first expects that 40 to 95 in
a hundred are found. Found: a spasm of any kind is reported on its side, whose apex is within 0.15 s of the
contraction's or lies in it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event
from validation.curves import fit_curve, size_interval
from validation.matching import WITHIN_S
from validation.measured import measured
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.psychometric import fit_levels, sizes_by_level
from validation.puppet import FACES, Film, sitter
from validation.trial import Trial, begin, number
from validation.twitches import OneSide, Twitch, truth_of

__all__ = ["FACTORS", "films", "is_found", "run", "where_it_matters"]

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
SIZE_BANDS = ((0.001, 0.002), (0.002, 0.005), (0.005, 0.01), (0.01, 0.02), (0.02, 0.05), (0.05, 0.101))
DURATION_BANDS_S = ((0.0, 0.07), (0.07, 0.2), (0.2, 0.6), (0.6, 3.1))
PATTERNS = ("lids", "lids_cheek", "lids_cheek_mouth", "lids_brow_up")
USUAL: dict[str, object] = {
    "muscles": "lids_cheek_mouth",
    "duration": (0.07, 0.2),
    "pictures a second": 30.0,
    "eyes apart / px": 100,
    "crf": 20,
    "sensor noise (read; gain)": (1.5, 0.03),
    "sway / IOD": 0.005,
    "light": 0.0,
    "glasses drawn on": False,
    "tone": 1.0,
}
"""Conditions that the other factors have in a row of the table; of people and sides it is the mean."""

_FILMS = 48  # a half and seed
_HOLD_S = 0.6  # chosen: from here on a contraction is held rather than a pulse; 0.5 - 1 s
_PIXELS_A_FILM = 1e8  # chosen: what a film may cost; large faces at high rates get shorter
_MOST_PIXELS = 2.5e8  # chosen: what the shortest film may cost; larger faces at higher rates get smaller
_PICTURES_A_FILM = 720  # chosen: as much in pictures
_LEAST_S, _MOST_S = 4.0, 24.0
_EXPECTED = (0.4, 0.95)  # share of the second half that should be found


@dataclass(frozen=True, kw_only=True)
class Trialled:
    """One contraction, the conditions it came in, and whether it was found."""

    event: Event
    film: int
    level: dict[str, object]
    found: bool


Sizer = Callable[[np.random.Generator, dict[str, object]], float]


def anywhere(rng: np.random.Generator, level: dict[str, object]) -> float:
    """A size, spread evenly by its logarithm."""
    del level
    return float(np.exp(rng.uniform(*np.log(SIZES_IOD))))


def where_it_matters(rows: Sequence[Trialled]) -> Sizer:
    """Sizes of which the rows expect a share of `_EXPECTED` to be found."""
    model = fit_levels(
        np.array([r.event.amplitude_iod for r in rows]),
        np.array([r.found for r in rows], bool),
        [r.level for r in rows],
    )

    def sizer(rng: np.random.Generator, level: dict[str, object]) -> float:
        size = model.size(level, float(rng.uniform(*_EXPECTED)))
        return float(np.clip(size, *SIZES_IOD))

    return sizer


def films(
    seed: int, count: int = _FILMS, sizer: Sizer = anywhere, half: int = 0
) -> list[tuple[Film, list[dict[str, object]]]]:
    """Recordings of a half of a seed, with the conditions of each of their contractions."""
    rng = np.random.default_rng([seed, half, 31])
    columns = {
        name: rng.permutation(np.resize(rng.permutation(len(levels)), count)) for name, levels in FACTORS.items()
    }
    rows = []
    for k in range(count):
        level = {name: FACTORS[name][int(column[k])] for name, column in columns.items()}
        rate = cast(float, level["pictures a second"])
        iod = cast(int, level["eyes apart / px"])
        while iod**2 * 12 * rate * _LEAST_S > _MOST_PIXELS and iod > 60:
            iod = max(i for i in cast(tuple[int, ...], FACTORS["eyes apart / px"]) if i < iod)
        level["eyes apart / px"] = iod
        read, gain = cast(tuple[float, float], level["sensor noise (read; gain)"])
        length = min(_PIXELS_A_FILM / (iod**2 * 12 * rate), _PICTURES_A_FILM / rate)
        length = float(np.clip(length, _LEAST_S, _MOST_S))
        put_in, levels = _put_in(rng, length, level, sizer)
        film = Film(
            face=str(level["face"]),
            iod_px=iod,
            rate_hz=rate,
            duration_s=length,
            gain=gain,
            read_noise=read,
            sway_iod=cast(float, level["sway / IOD"]),
            light_drift=cast(float, level["light"]),
            glasses=bool(level["glasses drawn on"]),
            tone=cast(float, level["tone"]),
            crf=cast(int, level["crf"]),
            seed=10000 * half + 1000 * seed + k,
            twitches=put_in,
        )
        rows.append((film, levels))
    return rows


def _put_in(
    rng: np.random.Generator, length_s: float, level: dict[str, object], sizer: Sizer
) -> tuple[tuple[Twitch, ...], list[dict[str, object]]]:
    rows: list[Twitch] = []
    levels: list[dict[str, object]] = []
    side = cast(OneSide, level["side"])
    at = float(rng.uniform(0.6, 1.0))
    while True:
        duration = float(np.exp(rng.uniform(*np.log(DURATIONS_S))))
        duration = min(duration, length_s / 3)
        if at + duration + 0.4 > length_s:
            return tuple(rows), levels
        pattern = PATTERNS[rng.integers(len(PATTERNS))]
        own = level | {"muscles": pattern, "duration": next(b for b in DURATION_BANDS_S if b[0] <= duration < b[1])}
        rows.append(
            Twitch(
                onset_s=at,
                duration_s=duration,
                side=side,
                pattern=pattern,
                size_iod=sizer(rng, own),
                rise=float(rng.uniform(0.3, 0.5)),
                course="hold" if duration >= _HOLD_S else "pulse",
            )
        )
        levels.append(own)
        at += duration + float(rng.uniform(0.5, 0.9))


def is_found(event: Event, reported: list[Event]) -> bool:
    """Whether a spasm is reported on its side, at its apex or within it."""
    return any(
        r.trial_type in SPASMS
        and r.side == event.side
        and (abs(r.apex_s - event.apex_s) <= WITHIN_S or event.onset_s <= r.apex_s <= event.offset_s)
        for r in reported
    )


def _size(value: float) -> str:
    if value > SIZES_IOD[1]:
        return f"> {SIZES_IOD[1]:g}"
    return f"{value:.4f}" if value >= SIZES_IOD[0] else f"< {SIZES_IOD[0]:g}"


def _curve(name: str, rows: list[Trialled]) -> tuple[str, ...]:
    if len(rows) < 8:
        return (name, str(len(rows)), "–", "–", "–")
    size = np.array([r.event.amplitude_iod for r in rows])
    found = np.array([r.found for r in rows])
    value, low, high = size_interval(size, found, np.array([r.film for r in rows]))
    return (
        name,
        str(len(rows)),
        _size(value),
        f"{_size(low)} – {_size(high)}",
        number(fit_curve(size, found).slope, 1),
    )


def _trial(
    trial: Trial, seed: int, half: int, made: list[tuple[Film, list[dict[str, object]]]]
) -> tuple[list[Trialled], int, float]:
    """All contractions of these films; reports that stand for none; minutes."""
    rows: list[Trialled] = []
    false, minutes = 0, 0.0
    for k, (film, levels) in enumerate(made):
        who = sitter(film.face, trial.footage, trial.cache)
        session = measured(film.clip(who, trial.cache), trial.cache)
        reported = [] if session is None else [e for e in session.events if e.trial_type in SPASMS]
        new = [
            Trialled(event=t.truth, film=10000 * half + seed * 1000 + k, level=level, found=is_found(t.truth, reported))
            for t, level in zip(film.twitches, levels, strict=True)
        ]
        truth = truth_of(film.twitches)
        false += sum(
            not any(t.onset_s - WITHIN_S <= e.apex_s <= t.offset_s + WITHIN_S for t in truth) for e in reported
        )
        minutes += film.duration_s / 60
        rows += new
        trial.say(
            f"ladder: film {k + 1} of {len(made)}, half {half + 1}, {film.face}: "
            f"{sum(r.found for r in new)} of {len(new)}"
        )
    return rows, false, minutes


def run(trial: Trial) -> Outcome:
    """All films of all seeds."""
    rows: list[Trialled] = []
    false, minutes = 0, 0.0
    count = 6 if trial.quick else _FILMS
    for seed in range(trial.seeds):
        first, wrong, took = _trial(trial, seed, 0, films(seed, count))
        second, more, longer = _trial(trial, seed, 1, films(seed, count, where_it_matters(first), half=1))
        rows += first + second
        false, minutes = false + wrong + more, minutes + took + longer
    outcome = Outcome(
        name="ladder",
        title="Sensitivity ladder",
        about=f"{len(rows)} contractions in {minutes:.1f} minutes of {len({r.film for r in rows})} recordings of "
        f"{len({r.level['face'] for r in rows})} people; for half of them sizes are such that they are found now and "
        "then. Curves are logistic in the logarithm of the size; intervals (95 %) draw whole recordings. Reported "
        f"where nothing was put in: {false} ({false / minutes:.1f} a minute).",
        command=trial.command("ladder"),
    )
    head = ("", "contractions", "nine in ten found at / IOD", "95 % interval", "slope")
    still = [
        r
        for r in rows
        if r.level["sway / IOD"] in (0.0, 0.005)
        and cast(int, r.level["crf"]) <= 25
        and cast(float, r.level["pictures a second"]) <= 60
        and 0.07 <= r.event.duration_s <= 0.6
        and cast(tuple[float, float], r.level["sensor noise (read; gain)"])[0] < 2
    ]
    outcome.tables = [
        Table(
            title="All, harsh conditions included, and the usual case.",
            head=head,
            rows=(
                _curve("all", rows),
                _curve("a still, well-lit head: 24 – 60 a second, crf ≤ 25, low noise, 70 – 600 ms", still),
            ),
        ),
        Table(
            title="Share found, by size.",
            head=("size / IOD", "found"),
            rows=tuple(
                (f"{a:g} – {b:.3g}", _share([r for r in rows if a <= r.event.amplitude_iod < b])) for a, b in SIZE_BANDS
            ),
        ),
        _by_factor(rows),
    ]
    outcome.goals = [
        Goal(what="contractions", value=float(len(rows)), least=500, digits=0),
        Goal(what="people", value=float(len({r.level["face"] for r in rows})), least=8, digits=0),
    ]
    return outcome


def _by_factor(rows: list[Trialled]) -> Table:
    listed = [("muscles", p) for p in PATTERNS] + [("duration", b) for b in DURATION_BANDS_S]
    listed += [(name, v) for name, levels in FACTORS.items() for v in levels]  # type: ignore[misc]
    asked = [USUAL, *(USUAL | {name: value} for name, value in listed)]
    sizes = sizes_by_level(
        np.array([r.event.amplitude_iod for r in rows]),
        np.array([r.found for r in rows], bool),
        [r.level for r in rows],
        np.array([r.film for r in rows]),
        asked,
    )
    usual = sizes[0][0]
    lines = [("usual", str(len(rows)), _share(rows), _size(usual), " – ".join(map(_size, sizes[0][1:])), "1")]
    for (name, value), (size, low, high) in zip(listed, sizes[1:], strict=True):
        part = [r for r in rows if r.level[name] == value]
        numbers = ("–", "–", "–") if not part else (_size(size), f"{_size(low)} – {_size(high)}", number(size / usual))
        lines.append((f"{name}: {_said(value)}", str(len(part)), _share(part), *numbers))
    said = ", ".join(f"{name} {_said(value)}" for name, value in USUAL.items())
    return Table(
        title=f"By factor, all else usual ({said}), by one curve of size and all conditions.",
        head=("", "contractions", "found", "nine in ten found at / IOD", "95 % interval", "times the usual"),
        rows=tuple(lines),
    )


def _said(level: object) -> str:
    if isinstance(level, bool):
        return "yes" if level else "no"
    if level in DURATION_BANDS_S:
        return "{:g} – {:.2g} s".format(*level)
    if isinstance(level, tuple):
        return "; ".join(f"{v:g}" for v in level)
    return f"{level:g}" if isinstance(level, int | float) else str(level).replace("_", " ")


def _share(rows: list[Trialled]) -> str:
    found: NDArray[np.bool_] = np.array([r.found for r in rows], bool)
    return percent(int(found.sum()), len(rows))


if __name__ == "__main__":
    this = begin("validation.ladder", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
