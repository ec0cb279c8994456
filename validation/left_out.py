"""False twitches of people as they are, told by rules that have not seen them: each person in turn is left out.

Nobody in these recordings has a spasm, and nothing is put into what is judged false. For each person the rule of kinds
is fitted anew without them, to contractions put into the signals of the others (validation/material.py); all else is
the product's own: noise, blinks, the far cheek, what hides the face, the probability that is asked for. The rule of the
product has seen pictures with contractions, rendered heads and compressed films as well (validation/fit_kinds.py), so
these rules know less than it does. Time is usable time; rest is what facialis itself takes for rest. A rule that tells
nothing is never false, so contractions are put into the signals of the one left out as well, and those found counted.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from unittest.mock import patch

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from facialis.core.records import SIDES, SPASM_KINDS, Event, Motion
from facialis.core.settings import Settings
from facialis.measure.events import kinds
from facialis.measure.events.decision import Found, detect
from facialis.measure.quality import usable_s
from facialis.measure.rest import overlap_s, rest_intervals, told_s
from facialis.numeric.statistics.intervals import rate_bounds
from validation.fit_kinds import fit, fit_company, judged, trees_of
from validation.healthy import LEFT_OUT
from validation.labelled import clip_of
from validation.material import PEOPLE, VOLUNTARY, Added, motion_of, with_added
from validation.outcome import Goal, Outcome, Table, each_event, finish
from validation.trial import Trial, begin, number, share

__all__ = ["run"]

Rule = tuple[HistGradientBoostingClassifier, HistGradientBoostingClassifier]

GOAL_PER_MIN = {"rest": 0.3, "all": 0.7}
_LEAST_IOD = 0.02
_NEAR_S = 0.4  # as in validation.healthy: the pulls at will last about as long
_QUICK = ("bbaf2n.mpg", "brbk7n.mpg", "lbax4n.mpg", "xface_neutral.gif", "swiz3n.mpg", "single_face.mp4")


@dataclass
class Tally:
    """Usable seconds and those of them at rest, and false twitches in them."""

    usable_s: float = 0.0
    rest_s: float = 0.0
    false: list[tuple[str, Event]] = field(default_factory=list)
    at_rest: int = 0
    found: int = 0
    put_in: int = 0

    def add(self, other: Tally) -> None:
        """Take in another's."""
        self.usable_s += other.usable_s
        self.rest_s += other.rest_s
        self.false += other.false
        self.at_rest += other.at_rest
        self.found += other.found
        self.put_in += other.put_in

    def cells(self) -> tuple[str, ...]:
        """For a table: minutes, number and rate, at rest and in all; what was found of what was put in."""
        rest, whole = self.rest_s / 60, self.usable_s / 60
        return (
            number(rest),
            str(self.at_rest),
            _rate(self.at_rest, rest),
            number(whole),
            str(len(self.false)),
            _rate(len(self.false), whole),
            share(self.found, self.put_in),
        )


def _rate(count: int, minutes: float) -> str:
    """A minute, with its 95 % interval; a dash where there is less than a second."""
    if 60 * minutes < 1:
        return "–"
    bounds = rate_bounds(count, minutes, probability=0.95)
    return f"{count / minutes:.2f} ({bounds.low:.2f} – {bounds.high:.2f})"


def rules_without(trial: Trial, names: tuple[str, ...]) -> dict[str, Rule]:
    """For each person the rule that has not seen them."""
    copies = 2 if trial.quick else trial.options.copies
    clips = []
    for name in names:
        clips += [clip_of((trial.footage / name, 0, seed, trial.cache)) for seed in range(copies + 1)]
        trial.say(f"left_out: {name}: material made")
    people = list(dict.fromkeys(clip.person for clip in clips))
    alone = {person: fit([clip for clip in clips if clip.person != person]) for person in people}
    rows = [(clip, clip.company(judged(alone[clip.person], np.array(clip.features)))) for clip in clips]
    return {person: (alone[person], fit_company([row for row in rows if row[0].person != person])) for person in people}


@contextmanager
def ruled_by(rule: Rule) -> Iterator[None]:
    """Everything within is told by this rule instead of the product's; the product has no door for another one."""
    made = {}
    for which, part in zip(("alone", "company"), rule, strict=True):
        trees = trees_of(part)
        made[which] = kinds._Trees(
            feature=trees["feature"].astype(np.int64),
            bound=trees["bound"].astype(np.float64),
            left=trees["left"].astype(np.int64),
            right=trees["right"].astype(np.int64),
            value=trees["value"].astype(np.float64),
            root=trees["root"].astype(np.int64),
            start=float(trees["start"]),
        )
    with patch.object(kinds, "_trees", made.__getitem__):
        yield


def told(name: str, motion: Motion) -> Tally:
    """What is told of a recording by the rule at hand, as it is and with contractions; see the module.

    Every twitch of the recording as it is is false, but for pulls at will.
    """
    found: Found = detect(motion, Settings().events, "proof")
    pulls = VOLUNTARY.get(name, ())
    false = [
        e
        for e in found.events
        if e.trial_type == "twitch" and not any(abs(e.apex_s - pull) <= _NEAR_S for pull in pulls)
    ]
    rest = rest_intervals(found)
    added, acts = with_added(motion, name, 1)
    put_in = [act for act in acts if act.size_iod >= _LEAST_IOD]
    reported = [e for e in detect(added, Settings().events, "proof").events if e.trial_type in SPASM_KINDS]
    return Tally(
        usable_s=usable_s(found),
        rest_s=told_s(found, rest),
        false=[(name, e) for e in false],
        at_rest=sum(overlap_s(rest, e.apex_s, e.apex_s + 1e-6) > 0 for e in false),
        found=sum(_is_found(act, reported) for act in put_in),
        put_in=len(put_in),
    )


def _is_found(act: Added, reported: list[Event]) -> bool:
    """Whether a spasm of its side is told that peaks within it or just beside, as validation.labelled has it."""
    start_s, stop_s = act.onset_s - 0.08, act.onset_s + act.duration_s + 0.12
    return any(e.side == SIDES[act.side] and start_s <= e.apex_s <= stop_s for e in reported)


def run(trial: Trial) -> Outcome:
    """All people, by rules without them, and by the product's for comparison."""
    names = _QUICK if trial.quick else tuple(PEOPLE)
    rules = rules_without(trial, names)
    people: dict[str, Tally] = {person: Tally() for person in rules}
    own = Tally()
    for name in names:
        if name in LEFT_OUT:  # the same moments as another clip
            continue
        motion, _ = motion_of(trial.footage / name, 0, trial.cache)
        with ruled_by(rules[PEOPLE[name]]):
            row = told(name, motion)
        people[PEOPLE[name]].add(row)
        own.add(told(name, motion))
        trial.say(f"left_out: {name}: {len(row.false)} false, {row.at_rest} at rest, in {row.usable_s:.1f} s")
    every = Tally()
    for row in people.values():
        every.add(row)
    outcome = Outcome(
        name="left_out",
        title="People as they are, left out of the fit",
        about=f"{len(people)} people, {every.usable_s / 60:.1f} usable minutes of recordings into which nothing was "
        "put; each is told by a rule fitted without them. Intervals are of 95 %.",
        command=trial.command("left_out"),
    )
    head = (
        "person",
        "minutes at rest",
        "false",
        "a minute",
        "minutes in all",
        "false",
        "a minute",
        "found of ≥ 0.02 IOD",
    )
    outcome.tables = [
        Table(
            title="False twitches by person.",
            head=head,
            rows=(
                *((person, *row.cells()) for person, row in people.items()),
                ("all", *every.cells()),
                ("all, by the product's rule, which has seen them", *own.cells()),
            ),
        ),
        each_event("Each false twitch.", every.false),
    ]
    outcome.goals = [
        Goal(
            what=f"false twitches a minute of usable time, {part}",
            value=60 * count / seconds if seconds else np.nan,
            most=GOAL_PER_MIN[part],
        )
        for part, count, seconds in (
            ("rest", every.at_rest, every.rest_s),
            ("all", len(every.false), every.usable_s),
        )
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.left_out", __doc__, seeds=1, copies=6)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
