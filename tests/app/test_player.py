"""The frame that is asked for is the frame that is shown: its number stands in the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facialis.app.place import Place
from facialis.app.serve import SCRIPT
from facialis.app.watching.models import Viewing
from facialis.app.watching.preparing import prepare_one
from tests.app.browser import CHROMIUM
from tests.app.films import ASK, barred, person_of, recorded, watched


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_the_frame_that_is_asked_for_is_shown(casebook: Place, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    uneven = np.concatenate([[0.0], np.cumsum(rng.uniform(0.012, 0.05, 59))])
    person = person_of("anna")
    films = {
        "fast": barred(tmp_path / "fast.mp4", np.arange(240) / 240, rate_hz=240.0),
        "turned": barred(tmp_path / "turned.mp4", uneven, rotation_deg=90),
    }
    made = {name: recorded(person, path) for name, path in films.items()}
    while prepare_one(lambda: False):
        pass
    states = {name: Viewing.objects.get(recording=recording).state for name, recording in made.items()}
    assert states == {"fast": "film", "turned": "copy"}
    pages = {name: f"/recordings/{recording.pk}/" for name, recording in made.items()}
    with watched(casebook, "anna") as (page, complaints):
        for name, asked in (("fast", 240), ("turned", 60)):
            page.goto(pages[name])
            page.wait_for_selector("#bar:not([hidden])")
            frames = rng.permutation(asked)[:12].tolist()
            assert [page.evaluate(ASK, frame) for frame in frames] == [[True, frame] for frame in frames], name
    assert complaints == []
