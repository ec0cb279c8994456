"""The films that tests make leave the process that makes them as it was."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.film import media


@pytest.mark.skipif(not hasattr(os, "sched_getscheduler"), reason="the system has no kinds of scheduling")
def test_to_make_a_film_leaves_the_process_an_ordinary_one(tmp_path: Path) -> None:
    before = os.sched_getscheduler(0)
    media.make_kind(tmp_path, "av1.mp4", frames=3)
    assert os.sched_getscheduler(0) == before == os.SCHED_OTHER
