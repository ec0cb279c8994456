"""Ratings: one row for each answer that a rater gave of one item, or for each moment that they marked in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from facialis.core.errors import RecordError
from facialis.core.person.casefile import Problem
from facialis.core.rating.scales import Answer, scales

__all__ = ["Rating", "Ratings"]

Name = TypeVar("Name")


@dataclass(frozen=True, kw_only=True)
class Rating:
    """One answer, or one marked moment.

    Parameters
    ----------
    set_name
        The set of items that were rated together.
    item
        What was rated: a recording or a stretch of one. The same name for each rater, and for its hidden repeats.
    recording
        Name or SHA-256 of the recording, with which results of a detector are found; may be empty.
    start_s, stop_s
        The stretch, in seconds from the first frame; None: the recording as a whole.
    rater
        Who, by whatever name the set gives them.
    repeat
        1 for the first time that this rater saw the item, 2 for a hidden repeat, and so on.
    scale, part
        Keys of `facialis.core.rating.scales.scales`.
    value
        The answer; None where ``unrateable``, and for moments.
    unrateable
        The rater looked and could not judge: no answer, and never zero.
    onset_s, offset_s
        The moment, for parts that are moments, in seconds from the first frame; ``offset_s`` None where only the
        beginning was marked.
    took_s
        How long the rater took for the item, None where that is not known.
    at
        When, as ISO 8601; may be empty.

    Raises
    ------
    RecordError
        The scale has no such part or answer, or a moment is no moment.
    """

    set_name: str
    item: str
    rater: str
    scale: str
    part: str
    value: Answer | None = None
    unrateable: bool = False
    repeat: int = 1
    recording: str = ""
    start_s: float | None = None
    stop_s: float | None = None
    onset_s: float | None = None
    offset_s: float | None = None
    took_s: float | None = None
    at: str = ""

    def __post_init__(self) -> None:
        if not (self.item and self.rater and self.repeat >= 1):
            raise RecordError("a rating has an item, a rater and a repeat from 1 on")
        scale = scales().get(self.scale)
        if scale is None or self.part not in scale.parts:
            raise RecordError(f"there is no {self.part!r} of a scale {self.scale!r}")
        if problem := scale.problem(self.part, self.value):
            raise RecordError(problem)
        if scale.parts[self.part].level == "moments":
            if self.onset_s is None or self.onset_s < 0 or (self.offset_s is not None and self.offset_s < self.onset_s):
                raise RecordError("a moment has an onset, and ends after it")
        elif (self.value is None) != self.unrateable or self.onset_s is not None:
            raise RecordError("an answer has a value or is unrateable, and no moment")


@dataclass(frozen=True, kw_only=True)
class Ratings:
    """All ratings of a file, and what in it could not be used."""

    rows: tuple[Rating, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def raters(self) -> tuple[str, ...]:
        """The raters, in the order of their first row."""
        return _once([row.rater for row in self.rows])

    @property
    def items(self) -> tuple[tuple[str, str], ...]:
        """The items as (set, item), in the order of their first row."""
        return _once([(row.set_name, row.item) for row in self.rows])

    @property
    def unrateable(self) -> int:
        """How many answers say that it could not be judged."""
        return sum(row.unrateable for row in self.rows)


def _once(names: Sequence[Name]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(names))
