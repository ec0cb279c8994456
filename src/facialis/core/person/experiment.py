"""An experiment on oneself: the plan drawn by lot, the plan as it was filled in, and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from facialis.core.person.casefile import Problem
from facialis.core.person.course import Estimate

__all__ = [
    "DESIGNS",
    "Design",
    "ExperimentPlan",
    "ExperimentResult",
    "FilledDay",
    "FilledExperiment",
    "PlannedDay",
]

Design = Literal["random", "abab"]
DESIGNS: tuple[Design, ...] = ("random", "abab")


@dataclass(frozen=True, kw_only=True)
class PlannedDay:
    """One day of a plan: ``block`` is what the lot was drawn within, ``unit`` what it was drawn for, a day or a period.

    ``counted`` is False while an earlier condition may still work (the first days of a period).
    """

    day: date
    given: bool
    block: int
    unit: int
    counted: bool


@dataclass(frozen=True, kw_only=True)
class ExperimentPlan:
    """A plan drawn by lot, balanced within each block.

    ``scatter`` is the standard deviation between days close together, in points; ``from_diary`` whether it is the
    person's own. ``needed_days`` finds a difference of ``worth_knowing`` points 8 times in 10; ``smallest_difference``
    is what this plan finds as often.
    """

    factor: str
    design: Design
    seed: int
    days: tuple[PlannedDay, ...]
    scatter: float
    from_diary: bool
    worth_knowing: float
    needed_days: int
    smallest_difference: float


@dataclass(frozen=True, kw_only=True)
class FilledDay:
    """One day of a plan as it was filled in; ``done`` and ``rating`` (0-10) are None where nothing was noted.

    ``given``, ``block``, ``unit`` and ``counted`` as in `PlannedDay`; so is ``day``, None where it does not matter.
    """

    given: bool
    block: int
    unit: int
    counted: bool
    done: bool | None
    rating: float | None
    day: date | None = None


@dataclass(frozen=True, kw_only=True)
class FilledExperiment:
    """A filled-in plan: its days in order, and what in it could not be used."""

    factor: str
    days: tuple[FilledDay, ...]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ExperimentResult:
    """What an experiment says, by what was planned.

    ``difference`` is the rating on days with minus on days without, in points. ``p`` is how often the lot alone makes
    as large a one. ``followed`` and ``not_followed`` count rated days; of the rest it was not noted. ``sentences`` are
    keys of the wording with their values.
    """

    factor: str
    difference: Estimate
    p: float
    days_with: int
    days_without: int
    followed: int
    not_followed: int
    unrated: int
    sentences: tuple[tuple[str, dict[str, object]], ...]
    problems: tuple[Problem, ...] = ()
