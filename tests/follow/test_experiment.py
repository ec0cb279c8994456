"""Experiments on oneself: drawn by lot, balanced, refused where they would do harm; what they say is by intention."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import EstimateError, InputError, SettingsError
from facialis.core.knowledge import load, wording
from facialis.core.person.casefile import Diary, Problem
from facialis.core.person.experiment import DESIGNS, Design, ExperimentPlan, FilledDay, FilledExperiment
from facialis.follow.experiment import analyse_experiment, plan_experiment

START = date(2025, 3, 1)


def made(days: int = 42, seed: int = 1, design: Design = "random", **more: object) -> ExperimentPlan:
    return plan_experiment("coffee", days=days, start=START, seed=seed, design=design, **more)  # type: ignore[arg-type]


def filled(
    plan: ExperimentPlan, effect: float, seed: int = 0, rated: int = 1000, done: bool | None = True
) -> FilledExperiment:
    """The plan as a person fills it in to whom the factor does so much."""
    rng = np.random.default_rng(seed)
    days = []
    for k, day in enumerate(plan.days):
        rating = float(np.clip(round(4 + effect * day.given + rng.normal(0, 1.2)), 0, 10))
        days.append(
            FilledDay(
                given=day.given,
                block=day.block,
                unit=day.unit,
                counted=day.counted,
                done=done,
                rating=rating if k < rated else None,
            )
        )
    return FilledExperiment(factor=plan.factor, days=tuple(days))


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


def test_the_power_is_what_it_says() -> None:
    plan = made(60, seed=3)
    found = 0
    for k in range(60):
        again = made(60, seed=k)
        result = analyse_experiment(filled(again, plan.smallest_difference * 1.25 / 2.0, seed=k))
        found += result.difference.low > 0
    assert 0.6 <= found / 60 <= 0.97


def test_a_difference_is_found_and_said_without_more() -> None:
    result = analyse_experiment(filled(made(60), 2.0))
    assert result.difference.low < 2.0 < result.difference.high
    assert result.p < 0.01
    assert (result.days_with, result.days_without, result.followed, result.unrated) == (30, 30, 60, 0)
    said = " ".join(wording(key, **values) for key, values in result.sentences)
    assert "In this experiment" in said
    assert "coffee" in said
    assert result == analyse_experiment(filled(made(60), 2.0)), "the lot is drawn again in the same way"


@pytest.mark.parametrize("design", DESIGNS)
def test_nothing_is_rarely_called_something(design: Design) -> None:
    wrong = 0
    for k in range(60):
        result = analyse_experiment(filled(made(80, seed=k, design=design), 0.0, seed=k))
        wrong += result.difference.low > 0 or result.difference.high < 0
    assert wrong <= 13  # 60 x 10 % = 6, and chance


def test_less_spasm_is_said_as_less() -> None:
    result = analyse_experiment(filled(made(60), -2.0))
    assert result.sentences[0][0] == "trigger_experiment_less"


def test_days_not_followed_count_as_drawn_and_are_said() -> None:
    result = analyse_experiment(filled(made(60), 2.0, done=False))
    assert result.not_followed == 60
    again = analyse_experiment(filled(made(60), 2.0, done=None))
    assert (again.followed, again.not_followed) == (0, 0)
    assert again.difference == result.difference


def test_too_few_days_are_refused() -> None:
    with pytest.raises(EstimateError, match="Only 12 days") as caught:
        analyse_experiment(filled(made(42), 2.0, rated=12))
    assert caught.value.code == "not_enough_data"


def test_missing_evenings_are_no_zero() -> None:
    result = analyse_experiment(filled(made(60), 2.0, rated=40))
    assert result.unrated == 20
    assert result.difference.low > 0


def test_what_could_not_be_used_is_handed_on() -> None:
    problem = Problem(file="experiment.csv", line=4, field="done", message="made up")
    assert analyse_experiment(replace(filled(made(60), 2.0), problems=(problem,))).problems == (problem,)
