"""What is taken for what: twitch, hold, ripple, blink, wink, smile, speech, gaze shift and head turn.

Puppets of twelve people do one thing after another, each alone; what is reported within it is entered. Blinks are
counted by the hundred, and twitches are put near blinks and, the same ones, alone.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace

import numpy as np

from facialis.core.records import KINDS, Event
from facialis.measure.regions import muscles_of
from validation.behaviours import Behaviour
from validation.ladder import is_found
from validation.measured import measured
from validation.muscles import PATTERNS
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.puppet import FACES, Film, sitter
from validation.trial import Trial, begin
from validation.twitches import OneSide, Twitch

__all__ = ["reported_for", "run"]

DONE = (
    "twitch",
    "tonic spasm",
    "myokymia",
    "blink, full",
    "blink, partial",
    "blink, asynchronous",
    "wink",
    "smile",
    "speech",
    "gaze shift",
    "head turn",
)
SPASMS = ("twitch", "tonic_spasm", "myokymia")
_SIZE_IOD = (0.03, 0.06)  # of twitches and holds: well above any limit, so that only the kind is in question
_RIPPLE_IOD = (0.01, 0.02)
_AROUND_S = 0.15  # a report this near to an act belongs to it
_SWAY_IOD = 0.004  # chosen: a head at ease; 0.002 - 0.01


def _act(name: str, at: float, rng: np.random.Generator) -> tuple[Twitch | Behaviour, float]:
    """One of `DONE` from ``at`` on, and its end."""
    side: OneSide = "left" if rng.random() < 0.5 else "right"
    seed = int(rng.integers(1000))
    patterns = sorted(PATTERNS)
    size = float(rng.uniform(*_SIZE_IOD))
    act: Twitch | Behaviour
    if name == "twitch":
        act = Twitch(
            onset_s=at,
            duration_s=float(rng.uniform(0.08, 0.3)),
            side=side,
            size_iod=size,
            pattern=patterns[rng.integers(len(patterns))],
        )
    elif name == "tonic spasm":
        act = Twitch(
            onset_s=at,
            duration_s=float(rng.uniform(1.2, 2.5)),
            side=side,
            size_iod=size,
            course="hold",
            pattern=patterns[rng.integers(len(patterns))],
        )
    elif name == "myokymia":
        act = Twitch(
            onset_s=at,
            duration_s=float(rng.uniform(1.5, 2.5)),
            side=side,
            pattern="lower_lid",
            size_iod=float(rng.uniform(*_RIPPLE_IOD)),
            course="ripple",
            rate_hz=float(rng.uniform(3, 8)),
        )
    elif name.startswith("blink"):
        late = float(rng.uniform(0.03, 0.06)) * (1 if rng.random() < 0.5 else -1) if "asyn" in name else 0.0
        amount = float(rng.uniform(0.3, 0.7)) if "partial" in name else 1.0
        act = Behaviour(
            act="blink", onset_s=at, duration_s=float(rng.uniform(0.18, 0.35)), amount=amount, asynchrony_s=late
        )
    elif name == "wink":
        act = Behaviour(act="wink", onset_s=at, duration_s=float(rng.uniform(0.5, 0.9)), side=side, seed=seed)
    elif name in ("smile", "speech"):
        act = Behaviour(
            act="smile" if name == "smile" else "speech",
            onset_s=at,
            seed=seed,
            duration_s=float(rng.uniform(1.2, 2.2)),
            amount=float(rng.uniform(0.5, 1)),
        )
    elif name == "gaze shift":
        act = Behaviour(act="gaze", onset_s=at, duration_s=float(rng.uniform(0.4, 0.9)), seed=seed)
    else:
        act = Behaviour(
            act="turn",
            onset_s=at,
            duration_s=float(rng.uniform(1.2, 2)),
            seed=seed,
            amount=float(rng.uniform(0.3, 0.8)),
        )
    return act, act.onset_s + act.duration_s


def reported_for(start_s: float, stop_s: float, events: list[Event]) -> str:
    """The kind of the event that shares most of the act's time; spasms before others; ``nothing`` if none does."""
    near = [e for e in events if e.onset_s < stop_s + _AROUND_S and e.offset_s > start_s - _AROUND_S]
    near = [e for e in near if start_s - _AROUND_S <= e.apex_s <= stop_s + _AROUND_S]
    if not near:
        return "nothing"
    spasms = [e for e in near if e.trial_type in SPASMS]
    return max(spasms or near, key=lambda e: min(e.offset_s, stop_s) - max(e.onset_s, start_s)).trial_type


def _film(face: str, acts: list[Twitch | Behaviour], stop_s: float, seed: int) -> Film:
    return Film(
        face=face,
        duration_s=stop_s + 0.8,
        seed=seed,
        iod_px=100,
        sway_iod=_SWAY_IOD,
        twitches=tuple(a for a in acts if isinstance(a, Twitch)),
        behaviours=tuple(a for a in acts if isinstance(a, Behaviour)),
    )


def _medley(face: str, seed: int) -> tuple[Film, list[tuple[str, float, float]]]:
    rng = np.random.default_rng([seed, list(FACES).index(face), 51])
    at, acts, said = 1.0, [], []
    for name in rng.permutation(DONE):
        act, stop = _act(str(name), at, rng)
        acts.append(act)
        said.append((str(name), at, stop))
        at = stop + float(rng.uniform(0.9, 1.3))
    return _film(face, acts, at, seed), said


def _blinks(face: str, seed: int) -> tuple[Film, list[tuple[str, float, float]]]:
    rng = np.random.default_rng([seed, list(FACES).index(face), 52])
    at, acts, said = 0.8, [], []
    for _ in range(16):
        name = str(rng.choice(["blink, full", "blink, partial", "blink, asynchronous"]))
        act, stop = _act(name, at, rng)
        acts.append(act)
        said.append((name, at, stop))
        at = stop + float(rng.uniform(0.7, 1.2))
    return _film(face, acts, at, seed), said


def _near_blinks(face: str, seed: int) -> tuple[Film, Film]:
    """Twitches each near a blink, and the same twitches alone."""
    rng = np.random.default_rng([seed, list(FACES).index(face), 53])
    at = 1.0
    acts: list[Twitch | Behaviour] = []
    for _ in range(6):
        blink, stop = _act("blink, full", at, rng)
        twitch, _ = _act("twitch", at + float(rng.uniform(-0.35, 0.6)), rng)
        acts += [blink, twitch]
        at = stop + float(rng.uniform(1.3, 1.7))
    both = _film(face, acts, at, seed)
    return both, replace(both, behaviours=())


def run(trial: Trial) -> Outcome:
    """All people."""
    faces = list(FACES)[: 2 if trial.quick else None]
    entered: dict[str, Counter[str]] = {name: Counter() for name in DONE}
    blinks = called = near = lost = lids = 0
    for seed in range(trial.seeds):
        for face in faces:
            trial.say(f"kinds: {face} {seed}")
            who = sitter(face, trial.footage, trial.cache)
            for film, said in (_medley(face, seed), _blinks(face, seed)):
                session = measured(film.clip(who, trial.cache), trial.cache)
                events = [] if session is None else list(session.events)
                for name, start, stop in said:
                    kind = reported_for(start, stop, events)
                    entered[name][kind] += 1
                    if name.startswith("blink"):
                        blinks += 1
                        called += kind in SPASMS
            both, alone = (measured(f.clip(who, trial.cache), trial.cache) for f in _near_blinks(face, seed))
            for twitch in _near_blinks(face, seed)[0].twitches:
                if alone is not None and is_found(twitch.truth, list(alone.events)):
                    near += 1
                    gone = both is None or not is_found(twitch.truth, list(both.events))
                    lost += gone
                    lids += gone and set(twitch.truth.regions) <= muscles_of("closing")
    columns = (*KINDS, "nothing")
    outcome = Outcome(
        name="kinds",
        title="What is taken for what",
        about=f"Puppets of {len(faces)} people. Twitches and holds of {_SIZE_IOD[0]:g} – {_SIZE_IOD[1]:g} IOD, ripples "
        f"of {_RIPPLE_IOD[0]:g} – {_RIPPLE_IOD[1]:g}. {called} of {blinks} blinks were called a spasm; of {near} "
        f"twitches that are found alone, {lost} are lost beside a blink, {lids} of them of lids or brow alone: while "
        "both eyes close these must be surer than others.",
        command=trial.command("kinds"),
    )
    rows = tuple(
        (name, str(counts.total()), *(str(counts[c]) if counts[c] else "·" for c in columns))
        for name, counts in entered.items()
    )
    outcome.tables = [
        Table(
            title="Rows: what was done; columns: what was reported.",
            head=("done", "times", *(c.replace("_", " ") for c in columns)),
            rows=rows,
        )
    ]
    own = {"twitch": "twitch", "tonic spasm": "tonic_spasm", "myokymia": "myokymia"}
    right = tuple((name, percent(entered[name][kind], entered[name].total())) for name, kind in own.items())
    outcome.tables.append(Table(title="Spasms called by their name.", head=("done", "called so"), rows=right))
    outcome.goals = [
        Goal(what="blinks put in", value=float(blinks), least=200, digits=0),
        Goal(what="twitches found alone, then put beside a blink", value=float(near), least=40, digits=0),
        Goal(what="blinks called a spasm, of 200", value=200 * called / max(blinks, 1), most=1.0),
        Goal(what="twitches lost beside a blink, share", value=lost / near if near else np.nan, most=0.05),
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.kinds", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
