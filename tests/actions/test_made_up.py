"""The made-up person of the demo: the same for everybody, read without a complaint."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from facialis.actions.made_up import AS_OF, made_up_files, write_made_up
from facialis.files.person import read_person


def test_she_is_read_without_a_complaint(tmp_path: Path) -> None:
    case = read_person(write_made_up(tmp_path), today=AS_OF)
    assert case.problems == ()
    assert len(case.sessions) > 40
    assert len(case.given("toxin")) == 2
    assert {"spasms", "stress", "sleep"} <= set(case.diary.columns)


def test_she_is_the_same_each_time() -> None:
    assert made_up_files() == made_up_files()


def test_the_toxin_shows_and_wears_off(tmp_path: Path) -> None:
    case = read_person(write_made_up(tmp_path), today=AS_OF)
    dose = case.given("toxin")[0].day

    def rate(low: int, high: int) -> float:
        return float(np.mean([s.rate_per_min for s in case.sessions if low <= (s.day - dose).days < high]))

    assert rate(7, 60) < 0.4 * rate(-60, 0)
    assert rate(95, 112) > 2 * rate(7, 60)
