"""Is the asked-for false-alarm rate kept?

Quiet recordings, in which nothing happens but noise, are measured at asked-for rates of 0.1, 0.5 and 2 a minute.
Thirteen seconds of real rest are too few, so rest is made in three ways, and each is told apart: *films*, puppets of
six people that only sway a little, with sensor noise, codec and light of their own; *spectra*, Gaussian noise with the
spectra and cross-spectra of the signals of each of these films and of evm_face.mp4; and *loops*, the signals of
evm_face.mp4 forwards and backwards in turn. "Evidence" counts moments above the threshold, which is what the rate is
asked for; "twitches" what is left of them once the rule of kinds has had its say.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from facialis.core.records import Motion
from facialis.core.settings import EventSettings
from facialis.film.video import VideoFile
from facialis.measure.events.decision import detect
from facialis.numeric.statistics.intervals import rate_bounds
from validation.clips import QuietClip
from validation.motions import looped, motion_of, surrogate
from validation.outcome import Goal, Outcome, Table, finish
from validation.puppet import Film, sitter
from validation.trial import Trial, begin, number

__all__ = ["ASKED_PER_MIN", "Count", "count", "run", "together"]

ASKED_PER_MIN = (0.1, 0.5, 2.0)
WITHIN = 1.5
_FILM_S = 60.0
FILMS = (
    Film(face="evm", duration_s=_FILM_S, sway_iod=0.003),
    Film(face="d13", duration_s=_FILM_S, rate_hz=24.0, sway_iod=0.005, iod_px=90, read_noise=3.0, gain=0.1),
    Film(face="brbk7n", duration_s=_FILM_S, sway_iod=0.003, crf=26, light_drift=0.05),
    Film(face="swiz3n", duration_s=_FILM_S, sway_iod=0.005, iod_px=140),
    Film(face="pwij3p", duration_s=_FILM_S / 2, rate_hz=60.0, sway_iod=0.003),
    Film(face="xface", duration_s=_FILM_S, sway_iod=0.002, tone=1.6),
)
_PART_S = 60.0  # a recording; more of them for more minutes, since a person records a minute or two
_SPECTRA_MIN = 10  # of each film and seed
_LOOP_MIN = 1  # more would only repeat it


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many came in how many minutes."""

    minutes: float = 0.0
    evidence: int = 0
    twitches: int = 0

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(
            minutes=self.minutes + other.minutes,
            evidence=self.evidence + other.evidence,
            twitches=self.twitches + other.twitches,
        )


def count(motions: Sequence[Motion]) -> dict[float, Count]:
    """By asked-for rate, of quiet signals."""
    rows = {}
    for asked in ASKED_PER_MIN:
        row = Count()
        for motion in motions:
            found = detect(motion, EventSettings(false_alarms_per_min=asked), "trial")
            row += Count(
                minutes=sum(part.duration_s for part in found.usable) / 60,
                evidence=sum(c.deviate >= found.threshold for part in found.candidates for c in part.peaks),
                twitches=sum(e.trial_type == "twitch" for e in found.events),
            )
        rows[asked] = row
    return rows


def together(kinds: Sequence[dict[float, Count]]) -> dict[float, Count]:
    """All of them as one."""
    return {asked: sum((rows[asked] for rows in kinds), Count()) for asked in ASKED_PER_MIN}


def _cells(rows: dict[float, Count], what: str) -> list[str]:
    cells = []
    for row in rows.values():
        events, bounds = int(getattr(row, what)), rate_bounds(int(getattr(row, what)), row.minutes, probability=0.95)
        cells.append(f"{events / row.minutes:.2f} ({bounds.low:.2f} – {bounds.high:.2f})")
    return [number(next(iter(rows.values())).minutes, 1), *cells]


def run(trial: Trial) -> Outcome:
    """All films, and signals made from them."""
    films: dict[str, dict[float, Count]] = {}
    rows: dict[str, dict[float, Count]] = {}
    spectra_min = (2 if trial.quick else _SPECTRA_MIN) * trial.seeds
    clip = QuietClip(trial.footage / "evm_face.mp4", trial.cache)
    path, _ = clip.with_contractions(())
    sources = [("evm_face.mp4", path)]
    sources += [
        (film.face, film.clip(sitter(film.face, trial.footage, trial.cache), trial.cache))
        for film in FILMS[: 2 if trial.quick else None]
    ]
    spectra = []
    for name, made in sources:
        with VideoFile(made) as video:
            quiet = motion_of(video, trial.cache, made.name)
        if name == "evm_face.mp4":
            rows["evm_face.mp4 in loops"] = count([looped(quiet, _PART_S * _LOOP_MIN)])
        else:
            films[f"film of {name}"] = count([quiet])
        long = count([surrogate(quiet, _PART_S, seed) for seed in range(spectra_min)])
        spectra.append(long)
        rows[f"spectra of {name}"] = long
        said = ", ".join(f"{c.evidence} of evidence and {c.twitches} twitches at {a:g}" for a, c in long.items())
        trial.say(f"false alarms, spectra of {name}: {said}")
    filmed = together(list(films.values()))
    rows = films | {"all films": filmed} | rows
    every = together([filmed, *spectra])
    rows["films and spectra"] = every
    head = ("", "minutes", *(f"{asked:g} asked" for asked in ASKED_PER_MIN))
    outcome = Outcome(
        name="false_alarms",
        title="Is the asked-for false-alarm rate kept?",
        about=f"{every[ASKED_PER_MIN[0]].minutes:.0f} minutes of rest, almost all of it made from the noise of "
        f"{len(films)} puppets and of one man at rest: there is no more real rest than 13 s. "
        f"{filmed[ASKED_PER_MIN[0]].minutes:.1f} minutes are films; they are too few for 0.1 a minute. Both sides "
        "of the face together; 95 % intervals.",
        command=trial.command("false_alarms"),
    )
    outcome.tables = [
        Table(
            title=f"{what.capitalize()} a minute, by the rate asked for.",
            head=head,
            rows=tuple((name, *_cells(part, what)) for name, part in rows.items()),
        )
        for what in ("twitches", "evidence")
    ]
    outcome.goals = [
        Goal(
            what=f"twitches a minute over {asked:g} asked, {name}",
            most=WITHIN,
            least=round(1 / WITHIN, 2),
            value=part[asked].twitches / part[asked].minutes / asked,
        )
        for name, part, rates in (("films and spectra", every, ASKED_PER_MIN), ("films", filmed, ASKED_PER_MIN[1:]))
        for asked in rates
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.false_alarms", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
