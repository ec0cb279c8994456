"""Experiments on oneself: drawn by lot, balanced, refused where they would do harm; what they say is by intention."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.casefile import Diary
from facialis.core.errors import EstimateError, FormatError, InputError, SettingsError
from facialis.core.knowledge import load, wording
from facialis.follow.experiment import DESIGNS, FILE, Design, ExperimentPlan, analyse_experiment, plan_experiment

START = date(2025, 3, 1)


def made(days: int = 42, seed: int = 1, design: Design = "random", **more: object) -> ExperimentPlan:
    return plan_experiment("coffee", days=days, start=START, seed=seed, design=design, **more)  # type: ignore[arg-type]


def filled(
    plan: ExperimentPlan, folder: Path, effect: float, seed: int = 0, rated: int = 1000, done: str = "yes"
) -> Path:
    rng = np.random.default_rng(seed)
    lines = plan.as_csv().splitlines()
    out = lines[:2]
    for k, (line, day) in enumerate(zip(lines[2:], plan.days, strict=True)):
        cells = line.split(",")
        rating = np.clip(round(4 + effect * day.given + rng.normal(0, 1.2)), 0, 10)
        cells[2], cells[3] = done, str(int(rating)) if k < rated else ""
        out.append(",".join(cells))
    path = folder / FILE
    path.write_text("\n".join(out), encoding="utf-8")
    return path


@given(days=st.integers(40, 366), seed=st.integers(0, 10**6), design=st.sampled_from(DESIGNS))
def test_plans_are_balanced_reproducible_and_without_gaps(days: int, seed: int, design: Design) -> None:
    plan = made(days, seed, design)
    assert plan == made(days, seed, design)
    assert [d.day for d in plan.days] == [START + timedelta(k) for k in range(len(plan.days))]
    assert 0.6 * days < len(plan.days) <= days
    for block in {d.block for d in plan.days}:
        own = [d for d in plan.days if d.block == block]
        assert sum(d.given for d in own) * 2 == len(own)
    for unit in {d.unit for d in plan.days}:
        assert len({d.given for d in plan.days if d.unit == unit}) == 1
    assert len({d.block for d in plan.days}) >= 5


def test_other_seeds_draw_other_lots() -> None:
    assert len({tuple(d.given for d in made(seed=k).days) for k in range(20)}) > 15


def test_periods_begin_with_days_that_do_not_count() -> None:
    plan = made(60, design="abab")
    for unit in {d.unit for d in plan.days}:
        own = [d.counted for d in plan.days if d.unit == unit]
        assert own == sorted(own)
        assert own[0] is False
        assert own[-1] is True


@pytest.mark.parametrize(
    "factor",
    [
        "botox",
        "Carbamazepin",
        "my blood pressure tablets",
        "Medikamente",
        "skipping a dose",
        "beer",
        "Rauchen",
        "less sleep",
        "magnesium",
    ],
)
@pytest.mark.parametrize("design", DESIGNS)
def test_medicines_and_harm_are_refused(factor: str, design: Design) -> None:
    with pytest.raises(InputError, match="No experiment is planned") as caught:
        plan_experiment(factor, days=60, start=START, seed=1, design=design)
    assert caught.value.advice


@pytest.mark.parametrize(
    "factor", ["coffee", "green tea", "screens after 8", "a walk", "sunglasses", "Bildschirm", "yoga"]
)
def test_everyday_things_are_planned(factor: str) -> None:
    assert plan_experiment(factor, days=20, start=START, seed=1).factor == factor


def test_each_kind_of_refusal_says_why() -> None:
    for key in load("triggers.yaml")["refused"]:
        assert "x" in wording(f"trigger_refused_{key}", factor="x")


@pytest.mark.parametrize("factor", ["", "  ", "---", "#x", "a" * 61])
def test_a_factor_needs_a_name(factor: str) -> None:
    with pytest.raises(InputError, match="few words"):
        plan_experiment(factor, days=42, start=START, seed=1)


@pytest.mark.parametrize(("days", "design"), [(19, "random"), (39, "abab"), (367, "random"), (-1, "random")])
def test_too_few_or_too_many_days_are_refused(days: int, design: Design) -> None:
    with pytest.raises(SettingsError, match="days are too"):
        made(days, design=design)


def test_an_unknown_design_and_an_impossible_difference_are_refused() -> None:
    with pytest.raises(SettingsError, match="no design"):
        made(design="abba")  # type: ignore[arg-type]
    with pytest.raises(SettingsError, match="above 0"):
        made(worth_knowing=0.0)


def test_days_needed_follow_the_persons_own_scatter() -> None:
    def diary(spread: float) -> Diary:
        values = 5 + np.random.default_rng(1).normal(0, spread, (200, 1))
        return Diary(
            columns=("spasm",),
            units=("0-10",),
            days=tuple(START - timedelta(200 - k) for k in range(200)),
            values=values,
        )

    calm, wild, unknown = made(diary=diary(1.0)), made(diary=diary(3.0)), made()
    assert (calm.from_diary, wild.from_diary, unknown.from_diary) == (True, True, False)
    assert calm.scatter == pytest.approx(1.0, abs=0.15)
    assert wild.needed_days == pytest.approx(9 * calm.needed_days, rel=0.4)
    assert calm.smallest_difference < unknown.smallest_difference < wild.smallest_difference


def test_the_power_is_what_it_says(tmp_path: Path) -> None:
    plan = made(60, seed=3)
    found = 0
    for k in range(60):
        again = made(60, seed=k)
        result = analyse_experiment(filled(again, tmp_path, plan.smallest_difference * 1.25 / 2.0, seed=k))
        found += result.difference.low > 0
    assert 0.6 <= found / 60 <= 0.97


def test_a_difference_is_found_and_said_without_more(tmp_path: Path) -> None:
    result = analyse_experiment(filled(made(60), tmp_path, 2.0))
    assert result.difference.low < 2.0 < result.difference.high
    assert result.p < 0.01
    assert (result.days_with, result.days_without, result.followed, result.unrated) == (30, 30, 60, 0)
    said = " ".join(wording(key, **values) for key, values in result.sentences)
    assert "In this experiment" in said
    assert "coffee" in said
    assert result == analyse_experiment(tmp_path / FILE)


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_is_rarely_called_something(design: Design, tmp_path: Path) -> None:
    wrong = 0
    for k in range(60):
        result = analyse_experiment(filled(made(80, seed=k, design=design), tmp_path, 0.0, seed=k))
        wrong += result.difference.low > 0 or result.difference.high < 0
    assert wrong <= 13  # 60 x 10 % = 6, and chance


def test_less_spasm_is_said_as_less(tmp_path: Path) -> None:
    result = analyse_experiment(filled(made(60), tmp_path, -2.0))
    assert result.sentences[0][0] == "trigger_experiment_less"


def test_days_not_followed_count_as_drawn_and_are_said(tmp_path: Path) -> None:
    path = filled(made(60), tmp_path, 2.0, done="no")
    result = analyse_experiment(path)
    assert result.not_followed == 60
    path.write_text(path.read_text().replace(",no,", ",,"), encoding="utf-8")
    again = analyse_experiment(path)
    assert (again.followed, again.not_followed) == (0, 0)
    assert again.difference == result.difference


def test_too_few_days_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EstimateError, match="Only 12 days") as caught:
        analyse_experiment(filled(made(42), tmp_path, 2.0, rated=12))
    assert caught.value.code == "not_enough_data"


def test_missing_evenings_are_no_zero(tmp_path: Path) -> None:
    result = analyse_experiment(filled(made(60), tmp_path, 2.0, rated=40))
    assert result.unrated == 20
    assert result.difference.low > 0


def test_mistakes_in_the_table_are_named(tmp_path: Path) -> None:
    path = filled(made(60), tmp_path, 2.0)
    lines = path.read_text().splitlines()
    lines[3] = lines[3].replace("coffee", "tea")
    lines[4] = lines[4].replace(",yes,", ",perhaps,", 1)
    lines[5] = ",".join([*lines[5].split(",")[:3], "44", *lines[5].split(",")[4:]])
    lines[6] = lines[6].replace("with", "w/").replace("w/out", "w/o")
    lines.append(lines[7])
    path.write_text("\n".join(lines), encoding="utf-8")
    problems = analyse_experiment(path).problems
    assert {(p.line, p.field) for p in problems} == {
        (4, "condition"),
        (5, "done"),
        (6, "spasm (0-10)"),
        (7, "condition"),
        (63, "date"),
    }


def test_files_that_are_no_plan_are_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with pytest.raises(FormatError, match="There is no"):
        analyse_experiment(path)
    path.write_text("date,condition\n", encoding="utf-8")
    with pytest.raises(FormatError, match="missing"):
        analyse_experiment(path)
    path.write_text("date,condition,done,block,unit,counted\n", encoding="utf-8")
    with pytest.raises(FormatError, match="spasm"):
        analyse_experiment(path)
    path.write_text("date,condition,done,spasm,block,unit,counted\n", encoding="utf-8")
    with pytest.raises(FormatError, match="no day"):
        analyse_experiment(path)
    text = filled(made(60, design="abab"), tmp_path, 1.0).read_text().splitlines()
    text[2] = text[2].replace("with ", "without ") if ",with " in text[2] else text[2].replace("without ", "with ")
    path.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(FormatError, match="one unit"):
        analyse_experiment(path)
