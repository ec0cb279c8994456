"""Progress over stages rises from nothing to the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.actions.stages import Stages


@given(st.lists(st.tuples(st.sampled_from(["looking for faces", "measuring", "films", "new"]), st.floats(0, 1.5))))
def test_the_whole_never_falls_and_never_passes_one(steps: list[tuple[str, float]]) -> None:
    shares: list[float] = []
    stages = Stages(lambda _stage, share: shares.append(share))
    for stage, share in steps:
        stages(stage, share)
    assert shares == sorted(shares)
    assert all(0 <= share <= 1 for share in shares)


def test_stages_follow_one_another() -> None:
    shares: list[float] = []
    stages = Stages(lambda _stage, share: shares.append(share))
    for stage in ("measuring", "finding events", "films"):
        for share in (0.0, 0.5, 1.0):
            stages(stage, share)
    assert shares[:3] == pytest.approx([0.0, 0.425, 0.85])
    assert shares[3] == pytest.approx(0.85)
    assert shares[-1] > 0.98
