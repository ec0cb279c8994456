"""Candidates: peaks of one-sided evidence, each at its moment, on its side, with all features."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.measure.events.candidates import Candidate, find_candidates
from facialis.measure.events.evidence import DURATIONS_S, stretches
from facialis.measure.events.features import feature_names
from tests.measure.factory import Face


def peaks(face: Face) -> tuple[Candidate, ...]:
    (part,) = stretches(face.motion())
    return find_candidates(part).peaks


def test_every_strong_contraction_has_a_candidate_at_its_apex_on_its_side() -> None:
    face = Face(16.0).twitch(3.0, "left", 0.02).twitch(6.5, "right", 0.03).twitch(10.0, "left", 0.05)
    face.twitch(13.0, "right", 0.04, duration_s=0.3)
    found = peaks(face)
    for at, side in ((3.0, 1), (6.5, 0), (10.0, 1), (13.0, 0)):
        best = max((c for c in found if abs(c.time_s - at) < 0.1), key=lambda c: c.deviate)
        assert best.side == side
        assert best.deviate > 8
    assert [c.time_s for c in found] == sorted(c.time_s for c in found)


def test_candidates_say_everything_about_themselves() -> None:
    (part,) = stretches(Face(8.0).twitch(4.0, "left", 0.03).motion())
    found = find_candidates(part)
    assert found.deviate.shape == (len(part.time_s), 2)
    for c in found.peaks:
        assert c.features.shape == (len(feature_names()),)
        assert np.isfinite(c.features).all()
        assert part.time_s[c.index] == c.time_s
        assert 0 <= c.scale < len(DURATIONS_S)
        assert found.deviate[c.index, c.side] == pytest.approx(c.deviate)
        assert c.deviate >= found.deviate[c.index, 1 - c.side]


def test_a_longer_contraction_is_found_by_a_longer_filter() -> None:
    def duration(of_s: float) -> float:
        found = peaks(Face(10.0).twitch(5.0, "left", 0.03, duration_s=of_s))
        return DURATIONS_S[max(found, key=lambda c: c.deviate).scale]

    assert duration(0.1) < duration(0.4) <= duration(1.0)


def test_pulses_of_a_train_are_candidates_of_their_own() -> None:
    at = np.arange(4.0, 6.0, 0.25)
    face = Face(12.0)
    for moment in at:
        face.twitch(float(moment), "right", 0.03)
    found = [c for c in peaks(face) if c.side == 0 and c.deviate > 5]
    for moment in at:
        assert sum(abs(c.time_s - moment) < 0.06 for c in found) == 1


def test_what_both_sides_do_is_no_candidate() -> None:
    alone = max(c.deviate for c in peaks(Face(8.0).twitch(4.0, "left", 0.04)))
    together = [c.deviate for c in peaks(Face(8.0).both(4.0, 0.04)) if abs(c.time_s - 4.0) < 0.2]
    assert max(together, default=0.0) < 0.3 * alone


def test_mirrored_motion_has_mirrored_candidates() -> None:
    def face() -> Face:
        return Face(12.0).twitch(3.0, "left", 0.02).blink(5.0).twitch(8.0, "right", 0.03).smile(9.5, 1.5)

    one, other = peaks(face()), peaks(face().mirrored())
    assert [(c.index, c.side, c.scale) for c in one] == [(c.index, 1 - c.side, c.scale) for c in other]
    for a, b in zip(one, other, strict=True):
        assert b.features == pytest.approx(a.features, rel=1e-4, abs=1e-4)
