"""Scales with which films are rated, as ``scales.yaml`` has them: what is asked, and what can be answered."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load, sentences, wording
from facialis.core.messages import clause

__all__ = ["MOST_COUNTED", "TOTAL", "Answer", "Level", "Part", "Scale", "question", "scales"]

Level = Literal["nominal", "ordinal", "count", "moments"]
Answer = float | str
"""A name for a nominal part, else a number."""

TOTAL = "total"
"""The part that is added up and never entered."""
MOST_COUNTED = 100_000  # chosen: ten twitches a second for three hours; 10,000 - 1,000,000


@dataclass(frozen=True, kw_only=True)
class Part:
    """One question of a scale.

    Parameters
    ----------
    key
        As it stands in a file of ratings.
    ask
        Key of the wording: the question, or the area that is rated.
    level
        Whether answers are names, ranks, counts, or moments in the film.
    answers
        Each answer that can be given, with the key of its words, lowest first; empty for counts and moments.
    """

    key: str
    ask: str
    level: Level
    answers: Mapping[Answer, str]

    def problem(self, value: Answer | None) -> str:
        """Why ``value`` is no answer to this question, as a sentence in the language spoken; empty if it is one.

        None, an answer that is missing, is no mistake of an answer.
        """
        if value is None:
            return ""
        if self.level == "moments":
            return clause("rating_no_value", part=self.key)
        if self.level == "count":
            good = not isinstance(value, str) and 0 <= value <= MOST_COUNTED and value == int(value)
            return "" if good else clause("rating_no_count", value=_written(value), part=self.key)
        if value in self.answers:
            return ""
        known = ", ".join(_written(answer) for answer in self.answers)
        return clause("rating_no_answer", value=_written(value), part=self.key, known=known)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """A scale: its questions, its total, and where it comes from.

    Parameters
    ----------
    key
        As it stands in a file of ratings.
    name, how, licence
        Keys of the wording: what it is called, how to rate, and whose words these are.
    parts
        Its questions, by key, in order.
    total
        Keys of the parts that are added up; empty: there is no total.
    untrained, trained
        Published ICC(2,1) of one clinician with the original; None where none is known.
    references
        Keys of ``references.yaml``.
    """

    key: str
    name: str
    how: str
    licence: str
    parts: Mapping[str, Part]
    total: tuple[str, ...]
    untrained: float | None
    trained: float | None
    references: tuple[str, ...]

    @property
    def total_range(self) -> tuple[float, float] | None:
        """The lowest and the highest total; None where there is none."""
        if not self.total:
            return None
        ends = [[float(answer) for answer in self.parts[key].answers] for key in self.total]
        return sum(min(one) for one in ends), sum(max(one) for one in ends)

    def problem(self, part: str, value: Answer | None) -> str:
        """Why this is no answer to that part of the scale, as a sentence; empty if it is one."""
        known = self.parts.get(part)
        if known is None:
            return clause("rating_no_part", part=part, scale=self.key, known=", ".join(self.parts))
        return known.problem(value)


@cache
def scales() -> Mapping[str, Scale]:
    """All scales by key, in the order in which they are offered.

    Raises
    ------
    KnowledgeError
        The data file is broken.

    Examples
    --------
    >>> scales()["tunc"].total_range
    (0.0, 20.0)
    """
    return {key: _scale(key, row) for key, row in load("scales.yaml").items()}


def _scale(key: str, row: Mapping[str, Any]) -> Scale:
    try:
        parts = {str(name): _part(str(name), content) for name, content in row["parts"].items()}
        total = tuple(str(name) for name in row.get("total", ()))
        single = row.get("single", {})
        if any(parts[name].level != "ordinal" for name in total) or TOTAL in parts:
            raise ValueError("a total is of ranks")
        scale = Scale(
            key=key,
            name=str(row["name"]),
            how=str(row["how"]),
            licence=str(row["licence"]),
            parts=parts,
            total=total,
            untrained=single.get("untrained"),
            trained=single.get("trained"),
            references=tuple(row["references"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise KnowledgeError(f"The scale {key} in scales.yaml is broken: {error!r}.") from error
    said = {scale.name, scale.how, scale.licence, *(w for p in parts.values() for w in (p.ask, *p.answers.values()))}
    if unknown := sorted(said - set(sentences())):
        raise KnowledgeError(f"The scale {key} in scales.yaml has no words for {', '.join(unknown)}.")
    return scale


def _part(key: str, row: Mapping[str, Any]) -> Part:
    level: Level = row["level"]
    if level not in ("nominal", "ordinal", "count", "moments"):
        raise ValueError(f"no level {level!r}")
    given = row.get("answers", {})
    answers: dict[Answer, str] = {str(a) if level == "nominal" else float(a): str(w) for a, w in given.items()}
    rising = level == "nominal" or list(answers) == sorted(answers, key=float)
    if bool(answers) != (level in ("nominal", "ordinal")) or not rising:
        raise ValueError(f"the answers of {key} do not fit its level")
    return Part(key=key, ask=str(row["ask"]), level=level, answers=answers)


def _written(value: Answer) -> str:
    return value if isinstance(value, str) else f"{value:g}" if math.isfinite(value) else str(value)


def question(scale: Scale, part: str) -> str:
    """What a part asks, or that it is the total, in the language spoken."""
    return wording("scale_part_total" if part == TOTAL else scale.parts[part].ask)
