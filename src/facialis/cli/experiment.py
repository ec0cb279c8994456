"""``facialis experiment``: what is said of a plan, and of what came of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from facialis.cli.faults import put, say
from facialis.core.knowledge import figure, wording

__all__ = ["analyse", "plan"]


def plan(
    folder: Path, *, factor: str, days: int, design: str = "random", seed: int | None = None, today: date | None = None
) -> int:
    """Put a plan into the folder, say what it can find, and return the exit code.

    Raises
    ------
    InputError
        There is a plan already, or no experiment is made with this.
    OutputError
        It cannot be written; nothing is left behind.
    """
    from facialis.actions.experiment import plan_in_folder

    now = today or date.today()  # noqa: DTZ011 - the day where the person is
    written = plan_in_folder(folder, factor=factor, days=days, today=now, design=design, seed=seed)
    made = written.plan
    given = sum(d.given for d in made.days)
    put(
        wording(
            "trigger_plan_balanced",
            days=len(made.days),
            given=given,
            factor=made.factor,
            without=len(made.days) - given,
        )
    )
    put(wording("trigger_plan_how"))
    scatter = "trigger_plan_own_scatter" if made.from_diary else "trigger_plan_usual_scatter"
    put(wording("trigger_plan_needed", points=figure(f"{made.worth_knowing:g}"), needed=made.needed_days))
    put(wording("trigger_plan_smallest", points=figure(f"{made.smallest_difference:.1f}")))
    put(wording(scatter, scatter=figure(f"{made.scatter:.1f}")))
    put(wording("trigger_plan_safe"))
    say(f"{written.path} (seed {made.seed})")
    return 0


def analyse(folder: Path, *, today: date | None = None) -> int:
    """Say what the filled-in ``experiment.csv`` of the folder shows up to ``today``, and return the exit code.

    Raises
    ------
    FormatError
        There is no plan, or it cannot be read.
    EstimateError
        Too few days were rated.
    """
    from facialis.actions.experiment import analyse_in_folder

    result = analyse_in_folder(folder, today=today)
    for key, values in result.sentences:
        put(wording(key, **values))
    for problem in result.problems:
        say(str(problem))
    return 0
