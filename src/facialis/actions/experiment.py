"""An experiment in a person's folder: a plan put into it, and what came of it once it is filled in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from facialis.core.errors import FormatError, InputError
from facialis.core.messages import said
from facialis.core.person.casefile import Diary
from facialis.core.person.experiment import DESIGNS, ExperimentPlan, ExperimentResult
from facialis.files.columns import DIARY
from facialis.files.experiment import FILE, read_experiment, write_experiment
from facialis.files.person import read_person
from facialis.follow.experiment import analyse_experiment, plan_experiment

__all__ = ["WrittenPlan", "analyse_in_folder", "plan_in_folder"]


@dataclass(frozen=True, kw_only=True)
class WrittenPlan:
    """A plan, and the file that it was written to."""

    path: Path
    plan: ExperimentPlan


def plan_in_folder(
    folder: Path, *, factor: str, days: int, today: date, design: str = "random", seed: int | None = None
) -> WrittenPlan:
    """Draw a plan from tomorrow on and write ``experiment.csv`` into the folder; never over another.

    Parameters
    ----------
    folder
        The folder of one person. If it holds a diary of the spasm, the plan goes by the person's own scatter.
    factor
        What is tried, in a few words.
    days
        How many days to plan.
    today
        The day where the person is.
    design
        One of `facialis.core.person.experiment.DESIGNS`.
    seed
        Draws the same days again; None: a new lot.

    Raises
    ------
    FormatError
        There is no such folder, or its diary cannot be read.
    InputError
        There is a plan already, no such design, or no experiment is made with this.
    SettingsError
        The days are too few or too many.
    OutputError
        The plan cannot be written; nothing is left behind.
    """
    if not folder.is_dir():
        raise FormatError(**said("no_folder", folder=folder))
    path = folder / FILE
    if path.exists():
        raise InputError(**said("plan_there", path=path))
    chosen = next((d for d in DESIGNS if d == design), None)
    if chosen is None:
        raise InputError(**said("no_design", name=repr(design), known=", ".join(DESIGNS)))
    plan = plan_experiment(
        factor,
        days=days,
        start=today + timedelta(days=1),
        seed=secrets.randbelow(1_000_000) if seed is None else seed,
        design=chosen,
        diary=_diary(folder, today),
    )
    write_experiment(plan, path)
    return WrittenPlan(path=path, plan=plan)


def analyse_in_folder(folder: Path, *, today: date | None = None) -> ExperimentResult:
    """What the filled-in ``experiment.csv`` of the folder says up to ``today``; None: today by the local clock.

    Raises
    ------
    FormatError
        There is no plan, or it cannot be read.
    EstimateError
        Too few days were rated.
    """
    return analyse_experiment(read_experiment(folder / FILE, today=today))


def _diary(folder: Path, today: date) -> Diary | None:
    return read_person(folder, today=today).diary if (folder / DIARY.file).exists() else None
