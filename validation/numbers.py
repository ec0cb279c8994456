"""Are the numbers right? Size, onset, leakage to the other side, the lag from eye to mouth, and stated probabilities.

Puppets of several people at rest; contractions above twice the limit that the quiet film states, one side each. Size
and onset are those of the events; leakage and lag are read from the signals. Probabilities are judged on the mixed
recordings (validation/mixed.py): of events said to be twitches with 0.8, eight in ten should have been put in.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FaceError
from facialis.core.records import SIDES, Event, Motion, Session
from facialis.measure.session import measure_recording
from validation.matching import WITHIN_S, pairs
from validation.measured import measured
from validation.mixed import clips
from validation.muscles import PATTERNS
from validation.outcome import Goal, Outcome, Table, finish
from validation.puppet import Film, sitter
from validation.trial import Trial, begin, number
from validation.twitches import OneSide, Twitch, truth_of

__all__ = ["calibration", "run"]

Array = NDArray[np.float64]

PEOPLE = ("evm", "d13", "brbk7n", "swiz3n", "pwij3p", "xface")
RATES_HZ = (30.0, 60.0)
SIZES_IOD = (0.015, 0.06)
LAGS_S = (0.0, 0.05, 0.1)
_EYE, _MOUTH = ("lower_lid", "upper_lid"), ("mouth_corner",)
_BINS = np.array([0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001])


@dataclass
class _Errors:
    size: list[float]
    onset_frames: list[float]
    leak: list[float]


def _film(face: str, rate_hz: float, side: OneSide, seed: int) -> Film:
    rng = np.random.default_rng([seed, side == "left", int(rate_hz)])
    names = sorted(PATTERNS)
    rows: list[Twitch] = []
    at = 1.2
    while at < 9.4:
        rows.append(
            Twitch(
                onset_s=at,
                duration_s=float(rng.uniform(0.12, 0.35)),
                side=side,
                pattern=names[len(rows) % len(names)],
                rise=float(rng.uniform(0.3, 0.5)),
                size_iod=float(np.exp(rng.uniform(*np.log(SIZES_IOD)))),
            )
        )
        at += float(rng.uniform(0.9, 1.2))
    return Film(face=face, rate_hz=rate_hz, twitches=tuple(rows), seed=seed, sway_iod=0.002)


def _lagging(face: str, lag_s: float, seed: int) -> Film:
    """Lids and mouth contract together, the mouth later by ``lag_s``."""
    rows: list[Twitch] = []
    for at in np.arange(1.2, 9.2, 1.1):
        eye = Twitch(onset_s=float(at), duration_s=0.2, side="left", size_iod=0.03, pattern="lids")
        rows += [eye, replace(eye, onset_s=eye.onset_s + lag_s, pattern="mouth")]
    return Film(face=face, twitches=tuple(rows), seed=seed)


def _measure(film: Film, trial: Trial) -> Session | None:
    try:
        return measure_recording(film.clip(sitter(film.face, trial.footage, trial.cache), trial.cache))
    except FaceError:
        return None


def _moved(motion: Motion, event: Event) -> Array:
    """Displacement at the apex less that before the onset (side, region, direction)."""
    time = motion.time_s
    apex = int(np.abs(time - event.apex_s).argmin())
    before = (time > event.onset_s - 0.15) & (time <= event.onset_s)
    return np.asarray(motion.displacement_iod[apex] - np.nanmedian(motion.displacement_iod[before], axis=0))


def _take(errors: _Errors, film: Film, result: Session, most_limit_iod: float) -> None:
    reported = [e for e in result.events if e.trial_type == "twitch"]
    truth = [e for e in truth_of(film.twitches) if e.amplitude_iod > 2 * most_limit_iod]
    for i, k in pairs(truth, reported):
        if truth[i].side == reported[k].side:
            errors.size.append(reported[k].amplitude_iod / truth[i].amplitude_iod)
            errors.onset_frames.append((reported[k].onset_s - truth[i].onset_s) * film.rate_hz)
    for event in truth:
        moved = np.linalg.norm(_moved(result.motion, event), axis=2)
        own = SIDES.index("left" if event.side == "left" else "right")
        strongest = int(np.nanargmax(moved[own]))
        if moved[own, strongest] > 0.005:
            errors.leak.append(float(moved[1 - own, strongest] / moved[own, strongest]))


def _lags(film: Film, motion: Motion, lag_s: float) -> list[float]:
    """Measured lag less the true one, in frames: where the movement of eye and of mouth pass half of their height."""
    names, side = motion.regions, SIDES.index("left")
    out = []
    for twitch in film.twitches[::2]:
        inside = (motion.time_s > twitch.onset_s - 0.2) & (motion.time_s < twitch.offset_s + lag_s + 0.1)
        time = motion.time_s[inside]
        halves = []
        for group in (_EYE, _MOUTH):
            rows = motion.displacement_iod[inside][:, side, [names.index(n) for n in group]]
            course = np.linalg.norm(rows - np.nanmedian(rows[time < twitch.onset_s], axis=0), axis=2).sum(1)
            top = int(np.nanargmax(course))
            low = np.flatnonzero(course[: top + 1] < course[top] / 2)
            if not low.size or low[-1] == top:
                break
            k = int(low[-1])
            share = (course[top] / 2 - course[k]) / (course[k + 1] - course[k])
            halves.append(float(time[k] + share * (time[k + 1] - time[k])))
        if len(halves) == 2:
            out.append((halves[1] - halves[0] - lag_s) * film.rate_hz)
    return out


def calibration(stated: Sequence[float], true: Sequence[bool]) -> tuple[float, tuple[tuple[str, ...], ...]]:
    """Expected calibration error, and its bins: range, events, mean stated, share true."""
    p, y = np.array(stated, float), np.array(true, float)
    rows, error = [], 0.0
    for low, high in pairwise(_BINS):
        inside = (p >= low) & (p < high)
        if inside.any():
            error += float(abs(p[inside].mean() - y[inside].mean()) * inside.mean())
            rows.append(
                (
                    f"{low:g} – {min(high, 1):g}",
                    str(int(inside.sum())),
                    number(float(p[inside].mean())),
                    number(float(y[inside].mean())),
                )
            )
    return (error if len(p) else float("nan")), tuple(rows)


def _probabilities(trial: Trial) -> tuple[list[float], list[bool]]:
    """Of everything called a twitch, or unclear, in the mixed recordings; unclear ones state that they are none."""
    stated: list[float] = []
    true: list[bool] = []
    for clip in clips(trial):
        session = measured(clip.path, trial.cache)
        events = [] if session is None else clip.judged(list(session.events))
        for event in events:
            if event.trial_type in ("twitch", "unclear"):
                stated.append(event.probability if event.trial_type == "twitch" else 1 - event.probability)
                true.append(any(t.side == event.side and abs(t.apex_s - event.apex_s) <= WITHIN_S for t in clip.truth))
    return stated, true


def run(trial: Trial) -> Outcome:
    """All of it."""
    rows = []
    every = _Errors([], [], [])
    lags: list[float] = []
    lag_rows = []
    people = PEOPLE[: 2 if trial.quick else None]
    for rate in RATES_HZ:
        for face in people:
            errors = _Errors([], [], [])
            for seed in range(trial.seeds):
                quiet = _measure(replace(_film(face, rate, "left", seed), twitches=()), trial)
                limits = [] if quiet is None else [x.limit_iod for x in quiet.limits if x.limit_iod is not None]
                for side in SIDES:
                    film = _film(face, rate, side, seed)
                    result = _measure(film, trial)
                    if result is not None and limits:
                        _take(errors, film, result, float(np.median(limits)))
            trial.say(f"numbers: {face} at {rate:g}: {len(errors.size)} sizes")
            rows.append(_row(f"{face}, {rate:g} a second", errors))
            every.size += errors.size
            every.onset_frames += errors.onset_frames
            every.leak += errors.leak
    rows.append(_row("all", every))
    for lag in LAGS_S:
        own: list[float] = []
        for face in people[:3]:
            film = _lagging(face, lag, 0)
            result = _measure(film, trial)
            if result is not None:
                own += _lags(film, result.motion, lag)
        trial.say(f"numbers: eye to mouth, {1e3 * lag:.0f} ms: {len(own)} lags")
        right = f"{100 * np.mean(np.abs(own) <= 1):.0f} %" if own else "–"
        lag_rows.append((f"{1e3 * lag:.0f} ms", str(len(own)), f"{_median(own):+.1f}", right))
        lags += own
    stated, true = _probabilities(trial)
    error, bins = calibration(stated, true)
    outcome = Outcome(
        name="numbers",
        title="Are the numbers right?",
        about=f"Puppets of {len(people)} people, {len(every.size)} twitches of {SIZES_IOD[0]:g} – {SIZES_IOD[1]:g} IOD "
        "that were found on their side and are above twice the median limit of their quiet film.",
        command=trial.command("numbers"),
    )
    head = (
        "recordings",
        "twitches",
        "found / true size, median",
        "central 90 %",
        "onset error / pictures, median",
        "within one picture",
        "leakage, median",
    )
    outcome.tables = [
        Table(title="Sizes, onsets, leakage to the other side.", head=head, rows=tuple(rows)),
        Table(
            title="How much later the mouth moves than the eye, at 30 pictures a second.",
            head=("true lag", "twitches", "error / pictures, median", "within one picture"),
            rows=tuple(lag_rows),
        ),
        Table(
            title="Probabilities said, mixed recordings.",
            head=("said", "events", "mean said", "share put in"),
            rows=bins,
        ),
    ]
    outcome.goals = [
        Goal(what="bias of sizes (median found / true)", value=_median(every.size), least=0.9, most=1.1),
        Goal(what="onset error, median size / pictures", value=_median(np.abs(every.onset_frames)), most=1.0),
        Goal(what="leakage to the other side, median", value=_median(every.leak), most=0.05, digits=3),
        Goal(what="error of the lag from eye to mouth, median size / pictures", value=_median(np.abs(lags)), most=1.0),
        Goal(what="expected calibration error of probabilities", value=error, most=0.05, digits=3),
    ]
    return outcome


def _median(values: Sequence[float] | Array) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _row(name: str, errors: _Errors) -> tuple[str, ...]:
    if not errors.size:
        return (name, "0", "–", "–", "–", "–", number(_median(errors.leak), 3))
    low, high = np.quantile(errors.size, [0.05, 0.95])
    onset = np.array(errors.onset_frames)
    return (
        name,
        str(len(errors.size)),
        number(_median(errors.size)),
        f"{low:.2f} – {high:.2f}",
        f"{np.median(onset):+.1f}",
        f"{100 * np.mean(np.abs(onset) <= 1):.0f} %",
        number(_median(errors.leak), 3),
    )


if __name__ == "__main__":
    this = begin("validation.numbers", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
