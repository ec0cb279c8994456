"""Spasms within blinks, or set off by them: how many are found, and how often an ordinary blink is taken for one.

Spasm is often set off by blinking: of 28 untreated people 82 % had blink-like spasms whose two sides did not go
together (Osaki 2020, doi:10.1007/s00417-019-04567-w). Puppets of twelve people and four rendered heads blink as people
do, one lid a little earlier and further than the other, each time differently; into some blinks, or just after, a
one-sided contraction of the ring muscle of the eye is put. Its size is told in multiples of the person's own scatter:
the root mean square, over their ordinary blinks, of the largest departure of the difference of the two lids from its
mean course.

``--seeds`` says how many films of each person, ``--first`` which draw is the first of them: draws 0 to 2 were seen
while the rule was made, so ``--first 3`` gives films that it never met. ``--parts`` says which of the three groups; the
rendered heads take longest.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import SPASM_KINDS, Event, Motion
from facialis.core.settings import Settings
from facialis.measure.events.decision import detect
from facialis.measure.session import measure_recording
from facialis.phantom.acts import Blink
from facialis.phantom.contractions import PATTERNS, Contraction, OneSide
from facialis.phantom.recording import PhantomSpec, truth
from facialis.phantom.specification import Camera, Identity
from validation.behaviours import Behaviour
from validation.clips import phantom_clip
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.puppet import FACES, Film, Sitter, sitter
from validation.surface import EYES, eye_distance_px
from validation.trial import Trial, begin, code_key, number, share
from validation.twitches import Twitch

__all__ = ["Blinking", "film_of", "kept_motion", "lid_scatter_iod", "run"]

Array = NDArray[np.float64]

CHOSEN_BY = tuple(FACES)[::2]
"""Whoever the rule was chosen by; the goals are judged by the others."""
PARTS = ("others", "chosen", "heads")
LENGTH_S = 48.0
_IOD_PX = 72  # chosen: half of what a phone held at arm's length shows; a head that keeps still is quick to render
_RATES_HZ = (25.0, 20.0, 15.0)
_TIMES = (1.0, 1.5, 2.0, 3.0, 4.5)  # of the person's scatter; sizes are spread evenly by their logarithm
_SPASMS = 0.25  # chosen: share of blinks with a spasm; 0.3 to 24.7 a minute are seen (Osaki 2020)
_AFTER_S = 0.15  # a spasm that a blink sets off begins within this time of its end
_NEAR_S = 0.15  # a report this near to a blink or spasm belongs to it
# How blinks of one person vary: eye openness of both eyes at 120 Hz (44 blinks) gives standard deviations of 0.08 to
# 0.17 of the logarithm of the sides' travel, 9 to 14 ms between their closing and 10 to 15 ms between their opening.
_IMBALANCE, _CLOSING_S, _OPENING_S = 0.08, 0.010, 0.012
_OWN_IMBALANCE, _OWN_CLOSING_S = 0.06, 0.008  # chosen: what stays the same from blink to blink; half and double too
# Face capture of 30 blinks: full travel varies by 0.18 of its mean, its duration at half height by 0.2 to 0.3.
_AMOUNT, _AMOUNT_SPREAD, _DURATION_S, _DURATION_SPREAD = 0.92, 0.15, 0.25, 0.2
_HEADS = (("man_a", "light"), ("woman_a", "brown"), ("woman_b", "olive"), ("man_b", "dark"))
_MEASURED_BY = (
    "measure/regions",
    *(f"measure/face/{name}" for name in ("mesh", "raster", "framing", "follower", "mesh_schedule", "copied_skin")),
    *(f"measure/face/{name}" for name in ("passing", "motion")),
    *(f"numeric/images/{name}" for name in ("registration", "windows", "similarity", "agreement")),
)


@dataclass(frozen=True, kw_only=True)
class Blinking:
    """What somebody does: ``blinks``, and for each the spasm in it or None. Sides are the person's own."""

    blinks: tuple[Behaviour, ...]
    spasms: tuple[Twitch | None, ...]
    scatter_iod: float


def _blinks(rng: np.random.Generator, own: np.random.Generator, length_s: float) -> list[Behaviour]:
    """Blinks every two seconds or so, as one person makes them; ``own`` is the person."""
    imbalance, closing_s = own.normal(0, _OWN_IMBALANCE), own.normal(0, _OWN_CLOSING_S)
    rows: list[Behaviour] = []
    at = float(rng.uniform(0.8, 1.6))
    while at < length_s - 1.2:
        duration = float(np.clip(_DURATION_S * np.exp(rng.normal(0, _DURATION_SPREAD)), 0.16, 0.42))
        early, late = closing_s + rng.normal(0, _CLOSING_S), closing_s + rng.normal(0, _OPENING_S)
        rows.append(
            Behaviour(
                act="blink",
                onset_s=at,
                duration_s=duration,
                amount=float(np.clip(rng.normal(_AMOUNT, _AMOUNT_SPREAD), 0.5, 1.0)),
                asynchrony_s=float(early),
                longer_s=float(late - early),
                imbalance=float(imbalance + rng.normal(0, _IMBALANCE)),
            )
        )
        at += duration + float(rng.uniform(1.1, 2.0))
    return rows


def lid_scatter_iod(blinks: Sequence[Behaviour], travel_iod: float) -> float:
    """A person's own scatter in IOD: see the module. ``travel_iod``: of a lid that shuts the eye."""
    after = np.arange(-0.1, 0.6, 0.005)
    courses = [[b.closed(b.onset_s + t, "left") - b.closed(b.onset_s + t, "right") for t in after] for b in blinks]
    course = travel_iod * np.array(courses)
    return float(np.sqrt((np.abs(course - course.mean(0)).max(1) ** 2).mean()))


def blinking(person: str, draw: int, travel_iod: float, length_s: float = LENGTH_S) -> Blinking:
    """A minute of somebody who blinks, with a spasm in every fourth blink."""
    seed = sum(ord(c) << k for k, c in enumerate(person))
    rng = np.random.default_rng([draw, seed, 71])
    blinks = _blinks(rng, np.random.default_rng([seed, 72]), length_s)
    scatter = lid_scatter_iod(blinks, travel_iod)
    side: OneSide = "left" if rng.random() < 0.5 else "right"
    spasms: list[Twitch | None] = [None] * len(blinks)
    for k in rng.permutation(len(blinks))[: round(_SPASMS * len(blinks))]:
        blink = blinks[k]
        spasms[k] = Twitch(
            onset_s=float(rng.uniform(blink.onset_s, blink.onset_s + blink.duration_s + _AFTER_S)),
            duration_s=float(rng.uniform(0.1, 0.4)),
            side=side,
            size_iod=scatter * float(np.exp(rng.uniform(*np.log([_TIMES[0], _TIMES[-1]])))),
            pattern="lids",
        )
    return Blinking(blinks=tuple(blinks), spasms=tuple(spasms), scatter_iod=scatter)


def film_of(who: Sitter, draw: int) -> tuple[Film, Blinking]:
    """A puppet that blinks, and what it does."""
    points = who.points_px
    gaps = [np.linalg.norm(points[list(eye[1:8])] - points[list(eye[:8:-1])], axis=1).max() for eye in EYES]
    done = blinking(who.name, draw, float(np.mean(gaps)) / eye_distance_px(points))
    film = Film(
        face=who.name,
        duration_s=LENGTH_S,
        iod_px=_IOD_PX,
        gain=0.05,
        seed=draw,
        twitches=tuple(t for t in done.spasms if t is not None),
        behaviours=done.blinks,
    )
    return film, done


def kept_motion(clip: Path, cache: Path) -> Motion:
    """The signals of a clip, measured once: what is found in them may change, they do not."""
    kept = cache / f"{clip.stem}.{code_key(*_MEASURED_BY)}.motion"
    if not kept.exists():
        kept.write_bytes(pickle.dumps(measure_recording(clip).motion))
    motion: Motion = pickle.loads(kept.read_bytes())
    return motion


def phantom_of(head: tuple[str, str], draw: int) -> tuple[PhantomSpec, Blinking]:
    """A rendered head that blinks, and what it does."""
    person, tone = head
    bare = PhantomSpec(
        name="blinking",
        duration_s=LENGTH_S,
        seed=draw,
        identity=Identity(person=person, tone=tone),
        camera=Camera(width_px=300, height_px=300, iod_share=0.26, gain=0.05, read_noise=1.5, crf=20),
    )
    whole = Contraction(onset_s=3.0, duration_s=0.3, side="right", amplitude_share=1.0, regions=PATTERNS["eye"])
    lid, spasm = truth(replace(bare, acts=(Blink(onset_s=1.0), whole)))
    done = blinking(person, draw, lid.amplitude_iod)
    blinks = [
        Blink(
            onset_s=b.onset_s + max(-b.asynchrony_s, 0.0),
            duration_s=b.duration_s,
            amplitude=b.amount,
            asynchrony_ms=1000 * b.asynchrony_s,
            longer_ms=1000 * b.longer_s,
            imbalance=b.imbalance,
        )
        for b in done.blinks
    ]
    spasms = [
        Contraction(
            onset_s=t.onset_s,
            duration_s=t.duration_s,
            side=t.side,
            amplitude_share=min(1.1, t.size_iod / spasm.amplitude_iod),
            regions=PATTERNS["eye"],
            rise_share=t.rise,
        )
        for t in done.spasms
        if t is not None
    ]
    return replace(bare, acts=(*blinks, *spasms)), done


@dataclass
class Tally:
    """What came of blinks: spasms as (times the scatter, found on its side), ordinary blinks, and spasms told in them.

    Of ``seen`` blinks that were found, ``judged`` were held against the ordinary one.
    """

    spasms: list[tuple[float, bool]] = field(default_factory=list)
    ordinary: int = 0
    false: list[tuple[str, Event]] = field(default_factory=list)
    judged: int = 0
    seen: int = 0

    def add(self, other: Tally) -> None:
        """Take in another's."""
        self.spasms += other.spasms
        self.false += other.false
        self.ordinary += other.ordinary
        self.judged += other.judged
        self.seen += other.seen

    def found(self, least: float, most: float = np.inf) -> tuple[int, int]:
        """Of spasms from ``least`` up to ``most`` times the scatter: how many were found, of how many."""
        rows = [yes for times, yes in self.spasms if least <= times < most]
        return sum(rows), len(rows)

    @property
    def false_in_200(self) -> float:
        """False spasms in 200 ordinary blinks."""
        return 200 * len(self.false) / self.ordinary if self.ordinary else float("nan")

    def cells(self) -> tuple[str, ...]:
        """For a table."""
        ends = [*pairwise(_TIMES), (1.5, np.inf)]
        return (
            *(share(*self.found(a, b)) for a, b in ends),
            f"{len(self.false)} of {self.ordinary}",
            number(self.false_in_200),
            percent(self.judged, self.seen),
        )


def tally(done: Blinking, motion: Motion, name: str) -> Tally:
    """What is found in the signals of somebody who blinks.

    A spasm is found if a spasm of its side is reported whose apex lies within it or 0.15 s of it; a report within an
    ordinary blink or 0.15 s of it, on either side, is false.
    """
    found = detect(motion, Settings().events, "proof")
    reported = [e for e in found.events if e.trial_type in SPASM_KINDS]
    judged, untold = len(found.blinks.judged), len(found.blinks.untold)
    row = Tally(judged=judged, seen=judged + untold)
    for blink, spasm in zip(done.blinks, done.spasms, strict=True):
        if spasm is not None:
            yes = any(e.side == spasm.side and _near(e.apex_s, spasm.onset_s, spasm.offset_s) for e in reported)
            row.spasms.append((spasm.size_iod / done.scatter_iod, yes))
            continue
        row.ordinary += 1
        row.false += [(name, e) for e in reported if _near(e.apex_s, blink.onset_s, blink.onset_s + blink.duration_s)]
    return row


def _near(time_s: float, start_s: float, stop_s: float) -> bool:
    return start_s - _NEAR_S <= time_s <= stop_s + _NEAR_S


def slowed(motion: Motion, rate_hz: float) -> Motion:
    """The signals as a camera of a lower rate would nearly have given them: read between pictures by straight lines."""
    at = np.arange(motion.time_s[0], motion.time_s[-1], 1 / rate_hz)

    def between(values: Array) -> Array:
        flat = values.reshape(len(values), -1)
        rows = np.stack([np.interp(at, motion.time_s, row) for row in flat.T], axis=1)
        return rows.reshape(len(at), *values.shape[1:])

    return replace(
        motion,
        time_s=at,
        displacement_iod=between(motion.displacement_iod),
        error_iod=between(motion.error_iod),
        aperture_iod=between(motion.aperture_iod),
        pose_deg=between(motion.pose_deg),
        quality=between(motion.quality),
    )


def drawn(parts: Sequence[str], first: int, count: int) -> list[tuple[str, int]]:
    """Faces and draws of the puppets: ``count`` films of each of the others from draw ``first`` on, then the rest."""
    others = [name for name in FACES if name not in CHOSEN_BY and "others" in parts]
    rows = [(name, draw) for draw in range(first, first + count) for name in others]
    return rows + [(name, 0) for name in CHOSEN_BY if "chosen" in parts]


def run(trial: Trial) -> Outcome:
    """People that the rule was not chosen by, those it was chosen by, and rendered heads."""
    parts, first = str(trial.options.parts).split(","), int(trial.options.first)
    people = {"people, not chosen by": Tally(), "people, chosen by": Tally(), "rendered heads": Tally()}
    slower = {rate: Tally() for rate in _RATES_HZ}
    films = drawn(parts, first, trial.seeds)
    for name, draw in films[:2] if trial.quick else films:
        who = sitter(name, trial.footage, trial.cache)
        film, done = film_of(who, draw)
        motion = kept_motion(film.clip(who, trial.cache), trial.cache)
        row = tally(done, motion, f"{name} {draw}")
        trial.say(f"blink_spasms: {name} {draw}: {row.found(1.5)} found, {len(row.false)} false of {row.ordinary}")
        people["people, chosen by" if name in CHOSEN_BY else "people, not chosen by"].add(row)
        if name not in CHOSEN_BY:
            for rate in _RATES_HZ:
                slower[rate].add(tally(done, slowed(motion, rate), f"{name} {draw}, {rate:g} Hz"))
    for head in () if trial.quick or "heads" not in parts else _HEADS:
        spec, done = phantom_of(head, first)
        row = tally(done, kept_motion(phantom_clip(spec, trial.cache), trial.cache), head[0])
        trial.say(f"blink_spasms: {head[0]}: {row.found(1.5)} found, {len(row.false)} false of {row.ordinary}")
        people["rendered heads"].add(row)
    judged = people["people, not chosen by"]
    rows = [*people.items(), *((f"people, not chosen by, {rate:g} Hz", row) for rate, row in slower.items())]
    sizes = [*(f"{a:g} – {b:g}" for a, b in pairwise(_TIMES)), "≥ 1.5"]
    outcome = Outcome(
        name="blink_spasms",
        title="Spasms within blinks, or set off by them",
        about="Contractions of the ring muscle of one eye, 0.1 – 0.4 s long, that begin within a blink or up to 0.15 s "
        "after it, in every fourth blink of puppets of twelve people and of four rendered heads. Their size is told in "
        "multiples of the person's own scatter. Lower rates are read between the pictures of 30 Hz.",
        command=f"{trial.command('blink_spasms')} --first {first} --parts {','.join(parts)}",
    )
    outcome.tables = [
        Table(
            title="Share found on its side, by size in multiples of the scatter; and false ones.",
            head=("", *sizes, "false in ordinary blinks", "in 200", "blinks judged"),
            rows=tuple((name, *row.cells()) for name, row in rows if row.seen),
        ),
        Table(
            title="False ones.",
            head=("film", "apex s", "side", "size IOD", "probability"),
            rows=tuple(
                (clip, number(e.apex_s), e.side, number(e.amplitude_iod, 4), number(e.probability))
                for _, row in rows
                for clip, e in row.false
            ),
        ),
    ]
    found, of = judged.found(1.5)
    outcome.goals = [
        Goal(what="ordinary blinks", value=float(judged.ordinary), least=200, digits=0),
        Goal(what="spasms of ≥ 1.5 times the scatter found, share", value=found / of if of else np.nan, least=0.6),
        Goal(what="false ones in 200 ordinary blinks", value=judged.false_in_200, most=1.0),
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.blink_spasms", __doc__, seeds=2, first=1, parts=",".join(PARTS))
    unknown = sorted(set(this.options.parts.split(",")) - set(PARTS))
    if unknown:
        sys.exit(f"There is no part {', '.join(unknown)}: choose from {', '.join(PARTS)}.")
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
