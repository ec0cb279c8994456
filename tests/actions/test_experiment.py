"""A plan goes into a person's folder once, and what came of it is read from there."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from facialis.actions.experiment import analyse_in_folder, plan_in_folder
from facialis.core.errors import EstimateError, FormatError, InputError

TODAY = date(2025, 3, 1)


def test_a_plan_begins_tomorrow_and_goes_by_the_persons_own_days(tmp_path: Path) -> None:
    rows = [f"2025-02-{d:02d},{3 + d % 3}" for d in range(1, 29)]
    (tmp_path / "diary.csv").write_text("\n".join(["date,spasm (0-10)", *rows]), encoding="utf-8")
    written = plan_in_folder(tmp_path, factor="coffee", days=42, today=TODAY, seed=1)
    assert written.path == tmp_path / "experiment.csv"
    assert written.plan.days[0].day == TODAY + timedelta(days=1)
    assert written.plan.from_diary
    with pytest.raises(EstimateError):
        analyse_in_folder(tmp_path)


def test_a_plan_is_never_written_over_another(tmp_path: Path) -> None:
    first = plan_in_folder(tmp_path, factor="coffee", days=42, today=TODAY)
    text = first.path.read_bytes()
    assert not first.plan.from_diary
    with pytest.raises(InputError, match="there already"):
        plan_in_folder(tmp_path, factor="tea", days=42, today=TODAY)
    assert first.path.read_bytes() == text


def test_what_cannot_be_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no design"):
        plan_in_folder(tmp_path, factor="coffee", days=42, today=TODAY, design="other")
    with pytest.raises(FormatError, match="no folder"):
        plan_in_folder(tmp_path / "none", factor="coffee", days=42, today=TODAY)
    with pytest.raises(FormatError, match="There is no experiment"):
        analyse_in_folder(tmp_path)
    assert list(tmp_path.iterdir()) == []
