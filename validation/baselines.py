"""Side by side with what people use: the same clips, the same run, each at its best setting in hindsight.

Rivals (validation/rivals.py) get, for every question anew, the signal, filter, sign and threshold that suit those very
clips best (validation/hindsight.py). facialis is shown with its defaults, and once more with its threshold chosen in
the same way (validation/own_reports.py). Beside them, and no rival, stands what a linear detector could do that was
told how each muscle moves the skin of each clip (validation/informed.py). Mixed recordings are those of
validation/mixed.py; the ladder at rest puts contractions of 150 ms into a man at rest (evm_face.mp4), one size and
side a copy, seven patterns of muscles in turn.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np

from validation.blendshapes import Blendshapes
from validation.hindsight import Best, Case, Reports, best_f1, methods, size_found
from validation.informed import informed_reports
from validation.measured import measured, twitches_of
from validation.mixed import clips
from validation.muscles import PATTERNS
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.overlaid import Footage
from validation.own_reports import OwnReports, own_reports
from validation.rivals import signals_of
from validation.scoring import Tally, tally
from validation.trial import Trial, begin, number
from validation.twitches import OneSide, Twitch, truth_of

__all__ = ["run"]

LADDER_IOD = (0.00125, 0.0025, 0.005, 0.01, 0.02, 0.04, 0.08)
PULSE_S = 0.15
MOST_FALSE_PER_MIN = 0.5
REST = "evm_face.mp4"
_COPIES = 3  # of each size and side, at each seed; more only narrow the chance of the table
CRF = 20
TOLD = "a matched filter told each clip's patterns"
OWN, OWN_IN_HINDSIGHT = "**facialis**, its defaults", "**facialis**, threshold in hindsight"


def _at_rest(footage: Footage, size_iod: float, side: OneSide, seed: int) -> tuple[Twitch, ...]:
    rng = np.random.default_rng([seed, side == "left", round(1e6 * size_iod)])
    order = rng.permutation(sorted(PATTERNS))
    rows: list[Twitch] = []
    at = float(rng.uniform(0.6, 1.0))
    while at + PULSE_S + 0.4 < footage.duration_s:
        rows.append(
            Twitch(
                onset_s=at,
                duration_s=PULSE_S,
                side=side,
                size_iod=size_iod,
                pattern=str(order[len(rows) % len(order)]),
                rise=float(rng.uniform(0.3, 0.5)),
            )
        )
        at += float(rng.uniform(0.9, 1.3))
    return tuple(rows)


def _own_best(cases: list[Case], own: list[OwnReports], *, most_false_per_min: float = np.inf) -> Best:
    """What facialis does with the height and threshold that suit these very clips best."""
    of = {id(case): reports for case, reports in zip(cases, own, strict=True)}
    settings = [
        ("probability", lambda case: of[id(case)].probability),
        ("evidence", lambda case: of[id(case)].evidence),
    ]
    return best_f1(cases, settings, most_false_per_min=most_false_per_min)


def _told_best(cases: list[Case], told: list[dict[str, Reports]]) -> Best:
    of = {id(case): reports for case, reports in zip(cases, told, strict=True)}

    def setting(name: str) -> tuple[str, Callable[[Case], Reports]]:
        return name, lambda case: of[id(case)][name]

    return best_f1(cases, [setting(name) for name in told[0]])


def _mixed(trial: Trial, network: Blendshapes) -> tuple[Table, float, float, float]:
    """The table; the F1 of facialis, with its defaults and in hindsight, and that of the best rival."""
    cases, own, candidates, told = [], Tally(), [], []
    for clip in clips(trial):
        trial.say(f"mixed: {clip.name}")
        reported = clip.judged(twitches_of(measured(clip.path, trial.cache)))
        own += tally(clip.truth, reported, clip.duration_s)
        cases.append(
            Case(
                signals=signals_of(clip.path, trial.cache, network),
                truth=clip.truth,
                duration_s=clip.duration_s,
                keep_clear=clip.keep_clear,
            )
        )
        candidates.append(own_reports(clip.path, trial.cache))
        told.append(informed_reports(clip, trial))
    best = _own_best(cases, candidates)
    rows, rivals = [_row(OWN, own, "–"), _row(OWN_IN_HINDSIGHT, best.score, f"{best.setting} {best.threshold:.2f}")], []
    own_best = best.score.f1
    for name, settings in methods(sorted(cases[0].signals)).items():
        best = best_f1(cases, settings)
        rivals.append(best.score.f1)
        rows.append(_row(name, best.score, best.setting))
    best = _told_best(cases, told)
    rows.append(_row(TOLD, best.score, best.setting))
    head = ("method", "F1", "recall", "precision", "false a minute", "side right", "setting that suits best")
    return Table(title="Mixed recordings.", head=head, rows=tuple(rows)), own.f1, own_best, max(rivals)


def _row(name: str, score: Tally, setting: str) -> tuple[str, ...]:
    return (
        name,
        number(score.f1),
        number(score.recall),
        number(score.precision),
        number(score.false_per_min, 1),
        percent(score.found, score.timely),
        setting,
    )


def _ladder(trial: Trial, network: Blendshapes) -> tuple[Table, dict[str, float], float]:
    footage = Footage(trial.footage / REST, trial.cache)
    own: dict[float, Tally] = {}
    rivals: dict[str, dict[float, Tally]] = {OWN_IN_HINDSIGHT: {}}
    for size in LADDER_IOD:
        cases, candidates = [], []
        own[size] = Tally()
        for seed in range(_COPIES * trial.seeds):
            for side in ("right", "left"):
                trial.say(f"at rest: {size:g} IOD {side} {seed}")
                put_in = _at_rest(footage, size, "left" if side == "left" else "right", seed)
                path, truth = footage.clip(put_in, CRF), truth_of(put_in)
                own[size] += tally(truth, twitches_of(measured(path, trial.cache)), footage.duration_s)
                cases.append(
                    Case(signals=signals_of(path, trial.cache, network), truth=truth, duration_s=footage.duration_s)
                )
                candidates.append(own_reports(path, trial.cache))
        best = _own_best(cases, candidates, most_false_per_min=MOST_FALSE_PER_MIN)
        rivals[OWN_IN_HINDSIGHT][size] = best.score
        for name, settings in methods(sorted(cases[0].signals)).items():
            best = best_f1(cases, settings, most_false_per_min=MOST_FALSE_PER_MIN)
            rivals.setdefault(name, {})[size] = best.score
    rows, needed = [], {}
    finite = {
        name: size_found([(s, t.recall) for s, t in scores.items()]) for name, scores in {"own": own, **rivals}.items()
    }
    for name, scores in {OWN: own, **rivals}.items():
        size = size_found([(s, t.recall) for s, t in scores.items()])
        needed[name] = size
        rows.append(
            (
                name,
                *(number(t.recall) for t in scores.values()),
                f"{size:.4f}" if np.isfinite(size) else f"> {max(LADDER_IOD):g}",
                _times(size, finite["own"]),
            )
        )
    count = next(iter(own.values())).there
    table = Table(
        title=f"At rest: share found on its side at no more than {MOST_FALSE_PER_MIN:g} false a minute, by "
        f"size / IOD (about {count} contractions each), and the size found nine times in ten.",
        head=("method", *(f"{s:g}" for s in LADDER_IOD), "nine in ten", "times facialis"),
        rows=tuple(rows),
    )
    return table, needed, sum(own.values(), Tally()).false_per_min


def _times(size_iod: float, own_iod: float) -> str:
    if not np.isfinite(own_iod):
        return "–"
    return f"{size_iod / own_iod:.1f}" if np.isfinite(size_iod) else f"> {max(LADDER_IOD) / own_iod:.1f}"


def run(trial: Trial) -> Outcome:
    """Both comparisons."""
    network = Blendshapes()
    ladder, needed, false_per_min = _ladder(trial, network)
    mixed, own_f1, best_own_f1, rival_f1 = _mixed(trial, network)
    own, best_own = needed.pop(OWN), needed.pop(OWN_IN_HINDSIGHT)
    rival = min(needed.values())
    rival = rival if np.isfinite(rival) else max(LADDER_IOD)
    outcome = Outcome(
        name="baselines",
        title="Side by side with what people use",
        about="Rivals are given the signal, filter, sign and threshold that suit these very clips best, for every "
        "column anew; facialis its defaults, and once more its height and threshold in the same way. Who never finds "
        "nine in ten counts with the largest size tried. These people, though not these contractions, took part in the "
        "fit of the rule of facialis; rivals have nothing that was fitted.",
        command=trial.command("baselines"),
    )
    outcome.tables = [mixed, ladder]
    outcome.goals = [
        Goal(what="size found nine times in ten at rest / IOD", value=own, most=0.005, digits=4),
        Goal(what="false twitches a minute at rest", value=false_per_min, most=MOST_FALSE_PER_MIN),
        Goal(
            what="times smaller than the best rival",
            value=rival / own if np.isfinite(own) else np.nan,
            least=8.0,
            digits=1,
        ),
        Goal(
            what="the same, both with their threshold in hindsight",
            value=rival / best_own if np.isfinite(best_own) else np.nan,
            least=8.0,
            digits=1,
        ),
        Goal(what="F1 of mixed recordings, less that of the best rival", value=own_f1 - rival_f1, least=0.0),
        Goal(what="the same, both with their threshold in hindsight", value=best_own_f1 - rival_f1, least=0.0),
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.baselines", __doc__, seeds=2)
    found = run(this)
    this.end([found])
    sys.exit(finish([found]))
