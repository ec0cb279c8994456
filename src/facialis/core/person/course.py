"""What becomes of one person over time: the course, treatments, triggers and scores, each with its uncertainty.

Rows are frozen, keyword-only dataclasses, checked when made. Rates are twitches a usable minute, changes are ratios
(0.5: half as many), probabilities 0-1. An `Estimate` carries the probability that its interval is made for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from facialis.core.errors import RecordError

__all__ = [
    "BLOCKS",
    "REMISSIONS",
    "Blocked",
    "Course",
    "Cycle",
    "Decompression",
    "Estimate",
    "FacialGrade",
    "LeftOut",
    "Point",
    "Probabilities",
    "Remission",
    "Schedule",
    "Score",
    "SideEffect",
    "Site",
    "Spread",
    "Toxin",
    "TriggerEffect",
    "Withheld",
]

Remission = Literal["none", "quiet_so_far", "possible", "sustained"]
Schedule = Literal["weekly", "monthly", "after_toxin"]
Blocked = Literal[
    "treatment_unread",
    "toxin_window",
    "decompression_under_12_months",
    "weakness",
    "too_few_sessions",
    "limit_too_high",
    "mixed_sides",
    "filmed_by_mood",
    "no_recent_session",
    "medicine_taken",
    "limit_unknown",
    "told_of_spasm",
    "comes_and_goes",
]
REMISSIONS: tuple[Remission, ...] = ("none", "quiet_so_far", "possible", "sustained")
BLOCKS: tuple[Blocked, ...] = get_args(Blocked)


def _need(good: bool, message: str) -> None:
    if not good:
        raise RecordError(message)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A number with its interval; ``probability`` is how often such intervals hold the true value."""

    value: float
    low: float
    high: float
    probability: float

    def __post_init__(self) -> None:
        _need(self.low <= self.high, f"interval [{self.low}, {self.high}] is upside down")
        _need(0 < self.probability < 1, f"an interval cannot be made for a probability of {self.probability}")


@dataclass(frozen=True, kw_only=True)
class Probabilities:
    """How likely the rate has fallen, stayed or risen over ``span_days``; they add up to 1."""

    resolving: float
    stable: float
    worsening: float
    span_days: int

    def __post_init__(self) -> None:
        parts = (self.resolving, self.stable, self.worsening)
        _need(all(0 <= p <= 1 for p in parts) and abs(sum(parts) - 1) < 1e-6, f"{parts} are no probabilities")


@dataclass(frozen=True, kw_only=True)
class Point:
    """The rate on one day as the model sees it, for drawing: the line that was followed, not the count of that day."""

    day: date
    rate_per_min: Estimate


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A session that the natural course does not rest on, and why (a key of ``wording``)."""

    name: str
    day: date
    why: str


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Muscles that were seen twitching in the earlier and in the later half of the sessions.

    ``probability`` that more of the face takes part now than then; None where too few sessions name regions.
    """

    before: tuple[str, ...]
    now: tuple[str, ...]
    probability: float | None


@dataclass(frozen=True, kw_only=True)
class Course:
    """The natural course of one person, treatment windows left out. ``None``: cannot be said from what is there.

    ``verdict`` is a key of the wording. ``smallest_change`` is the rate ratio below which this person's own scatter
    hides a fall over the span. ``more_sessions`` says how many further recordings would allow a first answer,
    one at least while they lie too close together. ``quiet_days`` is 0 without a quiet spell and None only where it is
    withheld (see `Withheld`).
    """

    as_of: date
    verdict: str
    remission: Remission
    blocked_by: tuple[Blocked, ...]
    probabilities: Probabilities | None
    rate_per_min: Estimate | None
    change_per_year: Estimate | None
    burden_share: Estimate | None
    burden_change_per_year: Estimate | None
    smallest_change: float | None
    next_recording: date | None
    more_sessions: int
    quiet_days: int | None
    used: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    line: tuple[Point, ...]
    spread: Spread | None
    schedule: Schedule = "weekly"
    """How often to film: until it is told once a week, on a fixed day; ``next_recording`` is the next of these days."""
    first_answer: date | None = None
    """The earliest day of a first answer, if it is filmed as ``schedule`` says; None where there is one already."""
    sudden_fall: date | None = None
    """About when the twitching fell to a sixth or less within days: a reason to ask what was done then."""
    notes: tuple[str, ...] = ()
    """Keys of wording for remarks: sides, blocks or measurements that differ, limits that could hide twitches."""

    def __post_init__(self) -> None:
        _need(self.remission in REMISSIONS, f"unknown remission {self.remission!r}")
        _need(set(self.blocked_by) <= set(BLOCKS), f"unknown block in {self.blocked_by}")


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A number of the natural course that was worked out and may not be said.

    ``what`` is a field of `Course`; ``why`` a key of the wording.
    """

    what: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One injection and what followed; days from the injection. None: this cycle's sessions do not say.

    ``depth`` is the share of the rate that was taken away at best.
    """

    day: date
    product: str
    dose_units: float | None
    sites: tuple[str, ...]
    onset_days: Estimate | None
    wear_off_days: Estimate | None
    depth: Estimate | None
    sessions: int


@dataclass(frozen=True, kw_only=True)
class Toxin:
    """Cycles of botulinum toxin, and when the effect of the last one is expected to fall below ``level``.

    ``level`` is the share of the best effect that is left (0.5: half). ``wear_off`` is days from the last injection;
    ``wear_off_day`` and its ends are the same as calendar days. ``drift_per_cycle`` is the ratio of one cycle's length
    to the one before, ``shorter_probability`` that it is below 1 (above: longer). Both are None with fewer than three
    cycles that recordings can tell of.
    """

    cycles: tuple[Cycle, ...]
    level: float
    wear_off: Estimate
    wear_off_day: date
    wear_off_low: date
    wear_off_high: date
    drift_per_cycle: Estimate | None
    shorter_probability: float | None = None
    line: tuple[Point, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Decompression:
    """The course after an operation on the nerve. ``stage``: too_early (under 6 months), provisional (to 12), final.

    ``efficacy`` and ``complication`` are Kondo-style grades, None before they may be given or where nothing is known.
    ``freed_share`` is the share of the earlier rate that is gone; ``trajectory`` a key of wording for what the course
    resembles of the published ones.
    """

    day: date
    stage: Literal["too_early", "provisional", "final"]
    months: float
    freed_share: Estimate | None
    efficacy: int | None
    complication: int | None
    trajectory: str
    recurrence: bool


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site of one injection of toxin. ``x`` from the middle to ``side``, ``y`` down from the eyes, in face widths.

    ``key`` is empty and ``x`` and ``y`` are None where what was entered is not on the map of ``treatments.yaml``.
    ``side`` is the person's own: as entered with the site, else the one the history names; None: neither says.
    """

    day: date
    entered: str
    key: str
    name: str
    side: Literal["left", "right"] | None
    x: float | None
    y: float | None
    units: float | None = None
    """Of the product, as entered with the site; None: not entered."""


@dataclass(frozen=True, kw_only=True)
class SideEffect:
    """Something unwanted that was entered after a treatment; that it came from the treatment is not said.

    ``what`` is a key of ``side_effects`` in ``treatments.yaml``. ``days_after`` the treatment, None where a note does
    not say when; ``until`` the last day of an unbroken run of entries; ``worst`` the largest value entered, None in a
    note.
    """

    what: str
    treatment: Literal["toxin", "decompression"]
    treatment_day: date
    day: date
    until: date
    days_after: int | None
    worst: float | None
    source: Literal["note", "diary", "questionnaire"]


@dataclass(frozen=True, kw_only=True)
class FacialGrade:
    """A House-Brackmann-style grade as entered: 1 normal to 6 no movement; None: before any treatment."""

    day: date
    grade: int
    treatment_day: date | None
    days_after: int | None

    def __post_init__(self) -> None:
        _need(1 <= self.grade <= 6, f"a grade of {self.grade} is outside 1 to 6")


@dataclass(frozen=True, kw_only=True)
class TriggerEffect:
    """What goes along with what within one person, never why.

    ``lag_days`` above 0: the trigger came that many days before; ``direction`` ``to_spasm`` or ``from_spasm`` (spasm
    first). ``effect`` is the change of the outcome, in its standard deviations, for one standard deviation of the
    trigger. ``named`` only if it stands after correcting for the ``tried`` associations that were looked at.
    ``unnamed`` says why one is not named that stood so far: ``rhythm``, both follow one of more than a week; ``diary``,
    of all of them: its days may have been picked by how bad they were.
    """

    name: str
    outcome: str
    lag_days: int
    direction: Literal["to_spasm", "same_day", "from_spasm"]
    effect: float
    low: float
    high: float
    probability: float
    p_corrected: float
    named: bool
    days: int
    tried: int
    unnamed: Literal["", "rhythm", "diary"] = ""


@dataclass(frozen=True, kw_only=True)
class Score:
    """A scored questionnaire. ``total`` None: too many items left open; ``missing`` says which (from 1).

    ``band`` is a key of wording or empty; ``change`` is against the first of the same instrument, ``important`` whether
    it reaches the smallest change that matters; ``help_now`` asks that help is shown at once.
    """

    day: date
    instrument: str
    total: float | None
    low: float
    high: float
    band: str = ""
    missing: tuple[int, ...] = ()
    prorated: bool = False
    change: float | None = None
    important: bool | None = None
    help_now: bool = False
    problem: str = ""
    parts: tuple[tuple[str, float], ...] = field(default=())
