"""``facialis experiment``: a plan drawn by lot for a person's folder, and what it says once it is filled in."""

from __future__ import annotations

import secrets
from datetime import date, timedelta
from pathlib import Path

from facialis.cli.faults import put, say
from facialis.core.casefile import Diary
from facialis.core.errors import FormatError, InputError, OutputError
from facialis.core.knowledge import wording

__all__ = ["analyse", "plan"]


def plan(
    folder: Path, *, factor: str, days: int, design: str = "random", seed: int | None = None, today: date | None = None
) -> int:
    """Write ``experiment.csv`` into the folder, from tomorrow on, and say what it can find.

    Raises
    ------
    InputError
        There is a plan already, or no experiment is made with this.
    OutputError
        It cannot be written; nothing is left behind.
    """
    from facialis.follow.experiment import DESIGNS, FILE, plan_experiment

    now = today or date.today()  # noqa: DTZ011 - the day where the person is
    if not folder.is_dir():
        raise FormatError(f"{folder} is no folder.", advice="Give the folder of a person.")
    target = folder / FILE
    if target.exists():
        raise InputError(f"{target} is there already.", advice="Analyse it, then move it away to plan another.")
    chosen = next((d for d in DESIGNS if d == design), None)
    if chosen is None:
        raise InputError(f"There is no design {design!r}.", advice=f"There are {', '.join(DESIGNS)}.")
    made = plan_experiment(
        factor,
        days=days,
        start=now + timedelta(days=1),
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
        design=chosen,
        diary=_diary(folder, now),
    )
    _write(target, made.as_csv())
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
    put(wording("trigger_plan_needed", points=f"{made.worth_knowing:g}", needed=made.needed_days))
    put(wording("trigger_plan_smallest", points=f"{made.smallest_difference:.1f}"))
    put(wording(scatter, scatter=f"{made.scatter:.1f}"))
    put(wording("trigger_plan_safe"))
    say(f"{target} (seed {made.seed})")
    return 0


def analyse(folder: Path) -> int:
    """Say what the filled-in ``experiment.csv`` of the folder shows.

    Raises
    ------
    FormatError
        There is no plan, or it cannot be read.
    EstimateError
        Too few days were rated.
    """
    from facialis.follow.experiment import FILE, analyse_experiment

    result = analyse_experiment(folder / FILE)
    for key, values in result.sentences:
        put(wording(key, **values))
    for problem in result.problems:
        say(str(problem))
    return 0


def _diary(folder: Path, today: date) -> Diary | None:
    from facialis.files.person import read_folder

    return read_folder(folder, today=today).diary if (folder / "diary.csv").exists() else None


def _write(target: Path, text: str) -> None:
    part = target.with_name(target.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}.", advice="Choose another folder."
        ) from error
