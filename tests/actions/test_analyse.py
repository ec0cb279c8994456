"""Films of events are cut from the file that was measured, or from none."""

from __future__ import annotations

import shutil
from pathlib import Path

from facialis.actions.analyse import Task, analyse_one
from facialis.core.settings import Settings


def test_a_film_that_is_replaced_after_it_was_measured_is_refused(clips: Path, tmp_path: Path) -> None:
    video = tmp_path / "face.mp4"
    shutil.copy(clips / "face.mp4", video)

    def report(stage: str, _share: float) -> None:
        if stage == "finding events":
            shutil.copy(clips / "two.mp4", video)

    task = Task(number=0, video=video, folder=tmp_path / "out", settings=Settings(), blocks=(), faces=True)
    outcome = analyse_one(task, report)
    assert outcome.error is not None
    assert "was changed while it was being read" in outcome.error.message
    assert not (tmp_path / "out").exists()
