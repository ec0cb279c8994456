"""Is the stated limit true? The size really found nine times in ten, over the limit that the recording states.

Of each recording the quiet version is measured first: it states a limit for every region and side. Then both lids, the
lower lid alone, or what draws the corner of the mouth contract, 150 ms each, in films that are otherwise the same
(`validation.limit_trials`). A logistic curve over size by stated limit says at how many times that limit nine in ten
are found: 1 would be perfect, more is a limit that promises too much. Of a single recording the slope is taken as
known. Ratios stay within 0.25 to 4. A limit that is larger than skin moves promises nothing, and is not judged.

With ``--calibrate`` ``least`` and ``moving`` of ``data/limits.yaml`` are set first, by people who do not judge them.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import load
from facialis.measure.limits import stated_limit
from facialis.measure.regions import parts
from validation.curves import fit_curve, middle_of
from validation.fit_limits import write_limits
from validation.limit_trials import MOST_IOD, RECORDINGS, Recording, Row, rows_of
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.trial import Trial, begin, number

__all__ = ["calibrate", "run"]

Array = NDArray[np.float64]

QUOTED = "lower_lid"  # whose limit a report quotes, see facialis.core.records.eye_limit_iod
BANDS = ((0.0, 0.35), (0.35, 0.5), (0.5, 0.7), (0.7, 1.0), (1.0, 1.5), (1.5, 2.0), (2.0, 99.0))
_FAR = 4.0
_MOST_MOVING = 6.0  # chosen: then the limit of a face that always moves is larger than lids can move; 4 - 10
_SIZE_IOD = 0.006  # chosen: in smaller ones noise is part of the size
_LEAST_ROWS = 6  # chosen: fewer say nothing of one part in one recording; 5 - 10
_QUICK = ("evm_face.mp4", "lbax4n, 100 px, 24 a second")
SETS = {recording.name: recording.sets for recording in RECORDINGS}
MOVES = {recording.name: recording.moves for recording in RECORDINGS}


def _trials(trial: Trial, recordings: Sequence[Recording]) -> list[Row]:
    return [row for seed in range(trial.seeds) for one in recordings for row in rows_of(trial, one, seed)]


def _of(rows: Sequence[Row], part: str) -> list[Row]:
    return [row for row in rows if row.part == part]


def _found(rows: Sequence[Row]) -> NDArray[np.bool_]:
    return np.array([row.found for row in rows], bool)


def _sizes(rows: Sequence[Row]) -> Array:
    return np.array([row.size_iod for row in rows])


def _asked(rows: Sequence[Row]) -> Array:
    """The limit stated for each."""
    return np.array([stated_limit(row.part, row.evidence_iod, row.moving) for row in rows])


def calibrate(rows: Sequence[Row], times: Mapping[str, float]) -> tuple[dict[str, float], float]:
    """Of each part what pictures ask for at least, in IOD, and of all how many times that a face that is never at rest.

    With the first the ratio of the middle recording is 1. The second is one number, since what hides a contraction
    there, other movement, hides all parts alike.
    """
    least: dict[str, float] = {}
    multiple: list[Array] = []
    lively: list[Row] = []
    for part in (part.name for part in parts()):
        rest = _by_recording([r for r in _of(rows, part) if not MOVES[r.recording]])
        sizes = np.array([middle_of(_sizes(own), _found(own)).size() for own in rest])
        by_noise = times[part] * np.array([np.median([r.evidence_iod for r in own]) for own in rest])
        tried_iod = np.exp(np.linspace(np.log(1e-3), np.log(0.03), 120))
        middle = [np.median(np.log(sizes / np.hypot(by_noise, value))) for value in tried_iod]
        least[part] = float(tried_iod[int(np.abs(middle).argmin())])
        own = [r for r in _of(rows, part) if MOVES[r.recording]]
        multiple.append(_sizes(own) / np.hypot(times[part] * np.array([r.evidence_iod for r in own]), least[part]))
        lively += own
    moving = np.array([r.moving for r in lively])
    tried = np.exp(np.linspace(0.0, np.log(_MOST_MOVING), 60))
    found = _found(lively)
    ratio = [fit_curve(np.concatenate(multiple) / factor**moving, found).size() for factor in tried]
    return least, float(tried[int(np.abs(np.log(ratio)).argmin())])


def _by_recording(rows: Sequence[Row]) -> list[list[Row]]:
    """Those of which there are enough."""
    every = [[r for r in rows if r.recording == name] for name in dict.fromkeys(r.recording for r in rows)]
    return [own for own in every if len(own) >= _LEAST_ROWS]


def _ratio(rows: Sequence[Row]) -> float:
    """At how many times the stated limit nine in ten are found."""
    curve = middle_of(_sizes(rows) / _asked(rows), _found(rows))
    return float(np.clip(curve.size(), 1 / _FAR, _FAR))


def _interval(rows: Sequence[Row]) -> tuple[float, float]:
    rng = np.random.default_rng(0)
    drawn = [_ratio([rows[k] for k in rng.integers(len(rows), size=len(rows))]) for _ in range(100)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _shares(rows: Sequence[Row]) -> list[str]:
    multiple, found = _sizes(rows) / _asked(rows), _found(rows)
    inside = [(multiple >= low) & (multiple < high) for low, high in BANDS]
    return [percent(int(found[k].sum()), int(k.sum())) if k.any() else "–" for k in inside]


def run(trial: Trial) -> Outcome:
    """All recordings."""
    return judged(_trials(trial, [r for r in RECORDINGS if not trial.quick or r.name in _QUICK]), trial)


def judged(rows: Sequence[Row], trial: Trial) -> Outcome:
    """What the rows say of the limit as it is stated now."""
    outcome = Outcome(
        name="stated_limit",
        title="Is the stated limit true?",
        about=f"{len(rows)} contractions of 150 ms in {len({r.recording for r in rows})} recordings; intervals (95 %) "
        "draw contractions with replacement. Goals: of the people who took no part in the calibration.",
        command=trial.command("stated_limit"),
    )
    ratios: dict[tuple[str, bool], list[float]] = {}
    by_recording = []
    for name in dict.fromkeys(r.recording for r in rows):
        cells = []
        for part in (part.name for part in parts()):
            own = [r for r in _of(rows, part) if r.recording == name]
            limit = float(np.median(_asked(own))) if own else np.nan
            if len(own) < _LEAST_ROWS or limit > MOST_IOD["sheet"]:
                cells.append(f"{number(limit, 4)} · –" if own else "–")
                continue
            ratio = _ratio(own)
            low, high = _interval(own)
            cells.append(f"{number(limit, 4)} · {number(ratio)} ({number(low)} – {number(high)})")
            if not SETS[name]:
                ratios.setdefault((part, MOVES[name]), []).append(ratio)
        moving = np.median([r.moving for r in rows if r.recording == name])
        kind = f"{'moves' if MOVES[name] else 'rests'}{', sets' if SETS[name] else ''}"
        by_recording.append((name, kind, f"{moving:.2f}", *cells))
    together = []
    for part in (part.name for part in parts()):
        for sets in (False, True):
            for moves in (False, True):
                own = [r for r in _of(rows, part) if SETS[r.recording] is sets and MOVES[r.recording] is moves]
                if own:
                    curve = fit_curve(_sizes(own) / _asked(own), _found(own))
                    label = f"{part}, {'moving' if moves else 'at rest'}{' (setting)' if sets else ''}"
                    together.append((label, str(len(own)), number(curve.size()), *_shares(own)))
    outcome.tables = [
        Table(
            title="By recording and part: stated limit / IOD (middle of both sides) · at how many times it nine in ten "
            "are found (95 % interval); – where less than six were put in, or the limit is larger than any size that "
            "was. Moving: share of the usable time that is not rest.",
            head=("recording", "", "moving", *(part.name for part in parts())),
            rows=tuple(by_recording),
        ),
        Table(
            title="By part, recordings together: share found by size over the stated limit.",
            head=("part", "contractions", "ratio", *(f"{low:g} – {high:g}" for low, high in BANDS[:-1]), "more"),
            rows=tuple(together),
        ),
    ]
    outcome.tables.append(_sizes_told([r for r in rows if r.found and not MOVES[r.recording]]))
    for (part, moves), values in ratios.items():
        where = f"{part}, {'moving' if moves else 'at rest'}{', which a report quotes' if part == QUOTED else ''}"
        far = float(np.exp(np.abs(np.log(values)).max()))
        outcome.goals += [
            Goal(what=f"{where}: median ratio", value=float(np.median(values)), least=0.8, most=1.25),
            Goal(what=f"{where}: farthest off, either way", value=far, most=2.0),
            Goal(what=f"{where}: largest ratio", value=max(values), most=2.0),
        ]
    return outcome


def _sizes_told(rows: Sequence[Row]) -> Table:
    """How the sizes that were told compare with those put in."""
    lines = []
    for warp in ("sheet", "patches"):
        for part in (part.name for part in parts()):
            own = [r for r in _of(rows, part) if r.warp == warp and r.size_iod >= _SIZE_IOD]
            if not own:
                continue
            ratio = np.array([r.told_iod for r in own]) / _sizes(own)
            low, middle, high = np.quantile(ratio, [0.1, 0.5, 0.9])
            third = percent(int((np.abs(ratio - 1) <= 1 / 3).sum()), len(own))
            lines.append((f"{part}, {warp}", number(middle), f"{number(low)} – {number(high)}", third))
    return Table(
        title=f"Size told over true size, found contractions of {_SIZE_IOD:g} IOD or more at rest, all people.",
        head=("part and warp", "median", "central 80 %", "right to within a third"),
        rows=tuple(lines),
    )


def main() -> int:
    """The trial; with ``--calibrate`` what the people who set it say is written into ``data/limits.yaml`` first."""
    this = begin("validation.stated_limit", __doc__, seeds=1, calibrate=False)
    if this.options.calibrate:
        times = load("limits.yaml")["noise"]["times"]
        write_limits(times, *calibrate(_trials(this, [r for r in RECORDINGS if r.sets]), times))
        load.cache_clear()
    result = run(this)
    this.end([result])
    return finish([result])


if __name__ == "__main__":
    sys.exit(main())
