"""One person over time: history, sessions, treatments, diary, questionnaires, and what was wrong in their files.

Rows are frozen, keyword-only dataclasses, checked when made. What is unknown is ``None``: unknown is not no, and not
measured is not zero. Days are calendar days where the person was; ``left`` and ``right`` are the person's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import RecordError
from facialis.core.messages import clause
from facialis.core.occasion import Filmed
from facialis.core.verdict import COARSE_IOD

__all__ = [
    "TREATMENTS",
    "Casefile",
    "Diary",
    "FilledForm",
    "Person",
    "Problem",
    "Reply",
    "SessionRow",
    "Treatment",
    "TreatmentChange",
    "TreatmentKind",
]

TreatmentKind = Literal["toxin", "decompression", "drug", "other"]
TreatmentChange = Literal["begun", "changed", "stopped"]
TREATMENTS: tuple[TreatmentKind, ...] = ("toxin", "decompression", "drug", "other")
Reply = bool | int | float | str | date | tuple[str, ...]

Array = NDArray[np.float64]


def _need(good: bool, message: str) -> None:
    if not good:
        raise RecordError(message)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something in a person's files that could not be used, or only in part; ``line`` 0: the file as a whole.

    ``left_out`` says what is missing from the answer because of it: ``row``, ``value`` or nothing (``""``, a remark).
    """

    file: str
    line: int
    field: str
    message: str
    left_out: Literal["row", "value", ""] = "row"

    def __str__(self) -> str:
        place = ", ".join(
            part for part in (self.file, clause("place_line", line=self.line) if self.line else "", self.field) if part
        )
        return f"{place}: {self.message}"


@dataclass(frozen=True, kw_only=True)
class SessionRow:
    """One recording of one day, as far as the course needs it.

    ``usable_min`` minutes in which ``twitches`` were counted; shares are 0-1 of that time; sizes in share of the
    interocular distance. ``limit_iod``: the smallest contraction found nine times in ten, None if not known.
    ``elsewhere``: twitches seen in the rest of the recording, outside ``block``; None if that is not known.
    ``able``: False where the recording's own verdict says that it could not have shown a twitch; ``filmed`` planned, or
    caught because it was bad just then, None if nobody said. ``resting_asymmetry`` is how much smaller the eye of
    ``side`` is open at rest (share of the other, negative: wider), ``closure_share`` how far that eye shuts when it
    should (1: as far as the other). ``revision`` is that of the measurement, 0 from before revisions were written; None
    where facialis did not measure it; so it is of the three numbers that have a line of their own below.
    """

    day: date
    name: str
    usable_min: float
    twitches: float
    burden_share: float | None = None
    tonic_share: float | None = None
    median_amplitude_iod: float | None = None
    limit_iod: float | None = None
    side: Literal["left", "right", "both"] | None = None
    regions: tuple[str, ...] = ()
    block: str = "all"
    elsewhere: float | None = None
    able: bool = True
    filmed: Filmed | None = None
    resting_asymmetry: float | None = None
    closure_share: float | None = None
    revision: int | None = None
    eye_shut_share: float | None = None
    """Share of the time with an eye shut."""
    other_babinski_events: float | None = None
    """Spasms in which the brow rose while the eye of its side closed (the other Babinski sign)."""
    synchrony_share: float | None = None
    """Share of the twitches of the eye in which the mouth took part."""
    reviewed: bool = False
    """Whether a person went through its events, and what they left is counted."""
    alone: bool | None = None
    """Whether nobody else was in the room; None: nobody has said."""
    as_filmed: bool | None = None
    """Whether the file was as the camera wrote it; None: nobody has said."""

    def __post_init__(self) -> None:
        _need(self.usable_min > 0, f"session {self.name}: usable minutes must be above 0")
        _need(self.twitches >= 0, f"session {self.name}: twitches cannot be negative")
        for label in ("burden_share", "tonic_share"):
            value = getattr(self, label)
            _need(value is None or 0 <= value <= 1, f"session {self.name}: {label} is a share, 0 to 1")
        for label in ("median_amplitude_iod", "limit_iod"):
            value = getattr(self, label)
            _need(value is None or value > 0, f"session {self.name}: {label} must be above 0")

    @property
    def rate_per_min(self) -> float:
        """Twitches a usable minute, as counted: not corrected for what could not be seen."""
        return self.twitches / self.usable_min

    @property
    def saw_nothing(self) -> bool:
        """Whether no twitch was counted because none could have been seen: that is no rate of zero."""
        coarse = self.limit_iod is not None and self.limit_iod > COARSE_IOD
        return self.twitches == 0 and (coarse or not self.able)


@dataclass(frozen=True, kw_only=True)
class Treatment:
    """One treatment on one day. Units belong to their product and are never converted to another's.

    ``latest_day``: where only the month or the year is known, ``day`` is the first and this the last day on which it
    may have been; None: known to the day. ``change``: what became of a medicine on that day; None for all others.
    """

    day: date
    kind: TreatmentKind
    product: str = ""
    latest_day: date | None = None
    change: TreatmentChange | None = None
    dose_units: float | None = None
    sites: tuple[str, ...] = ()
    note: str = ""

    def __post_init__(self) -> None:
        _need(self.kind in TREATMENTS, f"unknown treatment {self.kind!r}")
        _need(self.dose_units is None or self.dose_units > 0, "units must be above 0")
        _need(self.latest_day is None or self.day < self.latest_day, "the last possible day comes after the first")
        _need(self.change is None or self.kind == "drug", "only a medicine is begun, changed or stopped")

    @property
    def last_day(self) -> date:
        """The last day on which it may have been: ``day`` where that is known."""
        return self.latest_day or self.day


@dataclass(frozen=True, kw_only=True)
class FilledForm:
    """A questionnaire filled in on one day: items in order (None: left open), or only a total."""

    day: date
    instrument: str
    items: tuple[float | None, ...] = ()
    total: float | None = None


@dataclass(frozen=True, kw_only=True)
class Diary:
    """What was noted day by day: ``values`` (day, column), NaN where nothing was noted; days rise strictly."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"values": ("day", "column")}

    columns: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    values: Array = field(default_factory=lambda: np.zeros((0, 0)))

    def __post_init__(self) -> None:
        _need(len(self.columns) == len(self.units) == len(set(self.columns)), "each column has one name and one unit")
        _need(self.values.shape == (len(self.days), len(self.columns)), "diary values must be (days, columns)")
        _need(all(a < b for a, b in zip(self.days, self.days[1:], strict=False)), "diary days must rise")

    def column(self, name: str) -> Array:
        """Values of one column, one a day; RecordError if there is none of this name."""
        _need(name in self.columns, f"the diary has no column {name!r}")
        return self.values[:, self.columns.index(name)]


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person's history: the keys of ``history.yaml`` that were answered. A key that is absent is unknown."""

    replies: Mapping[str, Reply] = field(default_factory=dict)

    def known(self, key: str) -> bool:
        """Whether this was answered."""
        return key in self.replies

    def is_true(self, key: str) -> bool:
        """Answered with yes. False also when unknown."""
        return self.replies.get(key) is True

    def is_false(self, key: str) -> bool:
        """Answered with no. False also when unknown."""
        return self.replies.get(key) is False

    def number(self, key: str) -> float | None:
        """A number, or None when unknown or no number."""
        value = self.replies.get(key)
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None

    def text(self, key: str) -> str | None:
        """One of the key's choices, or None when unknown."""
        value = self.replies.get(key)
        return value if isinstance(value, str) else None

    def day(self, key: str) -> date | None:
        """A day, or None when unknown."""
        value = self.replies.get(key)
        return value if isinstance(value, date) else None


@dataclass(frozen=True, kw_only=True)
class Casefile:
    """All that is known of one person up to ``as_of``; rows in order of their day."""

    name: str
    as_of: date
    person: Person = field(default_factory=Person)
    sessions: tuple[SessionRow, ...] = ()
    treatments: tuple[Treatment, ...] = ()
    diary: Diary = field(default_factory=Diary)
    forms: tuple[FilledForm, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread_treatments: tuple[Problem, ...] = ()
    """Those of ``problems`` by which a treatment is missing: nothing may be called natural while there is one."""
    questions: tuple[str, ...] = ()
    """What the person wants to ask at the visit, in their own words."""

    def __post_init__(self) -> None:
        for rows in (self.sessions, self.treatments, self.forms):
            days = [row.day for row in rows]
            _need(days == sorted(days), "rows stand in order of their day")
            _need(not days or days[-1] <= self.as_of, f"a row lies after {self.as_of}")

    def given(self, kind: TreatmentKind) -> tuple[Treatment, ...]:
        """Treatments of one kind."""
        return tuple(item for item in self.treatments if item.kind == kind)
