"""What a part of the proof found: tables, and goals that were reached or not. As text, Markdown or JSON."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from facialis.core.records import Event
from validation.trial import number, print_table

__all__ = ["Goal", "Outcome", "Table", "finish", "percent"]


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows below a head; the first column names the row."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        assert all(len(row) == len(self.head) for row in self.rows), f"{self.title}: a row is not as wide as its head"

    def markdown(self) -> str:
        """As in the docs."""
        lines = ["| " + " | ".join(cells) + " |" for cells in (self.head, ("---",) * len(self.head), *self.rows)]
        return f"{self.title}\n\n" + "\n".join(lines) + "\n"


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A figure and what it should be: between ``least`` and ``most``."""

    what: str
    value: float
    least: float = -np.inf
    most: float = np.inf
    digits: int = 2

    @property
    def reached(self) -> bool:
        """Whether it is; never for a figure that could not be had."""
        return bool(self.least <= self.value <= self.most)

    @property
    def wanted(self) -> str:
        """The goal in signs."""
        if np.isfinite(self.least) and np.isfinite(self.most):
            return f"{self.least:g} – {self.most:g}"
        return f"≥ {self.least:g}" if np.isfinite(self.least) else f"≤ {self.most:g}"

    @property
    def said(self) -> str:
        """The figure, or that there is none."""
        return f"{self.value:.{self.digits}f}" if np.isfinite(self.value) else "not to be had"


@dataclass(kw_only=True)
class Outcome:
    """All that a part found. ``about`` says in a sentence or two how."""

    name: str
    title: str
    about: str
    command: str
    tables: list[Table] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    took_s: float | None = None
    """How long it took, in seconds; what was made by an earlier run is not made again."""

    @property
    def reached(self) -> bool:
        """Whether all goals are."""
        return all(goal.reached for goal in self.goals)

    def _goals(self) -> Table | None:
        if not self.goals:
            return None
        rows = tuple((g.what, g.wanted, g.said, "reached" if g.reached else "**not reached**") for g in self.goals)
        return Table(title="Goals", head=("what", "goal", "measured", ""), rows=rows)

    def show(self) -> None:
        """Print it all."""
        for table in [*self.tables, *filter(None, [self._goals()])]:
            print_table(table.title, table.head, [[cell.replace("*", "") for cell in row] for row in table.rows])

    def markdown(self) -> str:
        """A section of the page."""
        parts = [f"### {self.title}\n", f"`{self.command}`. {self.about}\n"]
        goals = self._goals()
        if goals is not None:
            parts.append(goals.markdown())
        parts += [table.markdown() for table in self.tables]
        return "\n".join(parts)

    def plain(self) -> dict[str, object]:
        """For JSON."""
        goals = [asdict(g) | {"reached": g.reached} for g in self.goals]
        return {"title": self.title, "took_s": self.took_s, "goals": goals, "tables": [asdict(t) for t in self.tables]}


def each_event(title: str, events: Sequence[tuple[str, Event]]) -> Table:
    """A row an event, with the name of its clip before it."""
    return Table(
        title=title,
        head=("clip", "apex s", "side", "duration ms", "size IOD", "probability", "muscles"),
        rows=tuple(
            (
                clip,
                number(event.apex_s),
                event.side,
                number(1e3 * event.duration_s, 0),
                number(event.amplitude_iod, 4),
                number(event.probability),
                ", ".join(event.regions),
            )
            for clip, event in events
        ),
    )


def percent(part: int, whole: int) -> str:
    """A share with its numbers: ``93 % (26 of 28)``."""
    return f"{100 * part / whole:.0f} % ({part} of {whole})" if whole else "–"


def finish(outcomes: Sequence[Outcome]) -> int:
    """Exit code: 0 if all goals are reached, else 1."""
    sys.stdout.flush()
    return 0 if all(outcome.reached for outcome in outcomes) else 1
