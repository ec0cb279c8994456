"""Stretches: usable time on an even grid, gaps kept out; evidence: what one side does beyond the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from facialis.core.errors import RecordError
from facialis.measure.events.evidence import (
    DURATIONS_S,
    collect,
    evidence_for,
    group_sizes,
    significance,
    stretches,
)
from facialis.measure.regions import groups
from facialis.numeric.signals.filters import pulse_kernel
from tests.measure.factory import NAMES, Face


def test_a_whole_recording_is_one_stretch() -> None:
    face = Face(8.0)
    (part,) = stretches(face.motion())
    assert part.rate_hz == pytest.approx(30)
    assert part.time_s == pytest.approx(face.time_s)
    assert part.moved.shape == (240, 2, len(NAMES), 2)
    assert not part.hidden.any()


def test_regions_may_come_in_any_order_but_must_be_the_ones_that_are_measured() -> None:
    motion = Face(4.0).twitch(2.0, "left", 0.05).motion()
    order = list(range(len(motion.regions)))[::-1]
    turned = replace(
        motion,
        regions=tuple(motion.regions[k] for k in order),
        displacement_iod=motion.displacement_iod[:, :, order],
        error_iod=motion.error_iod[:, :, order],
    )
    (one,), (other,) = stretches(motion), stretches(turned)
    np.testing.assert_array_equal(one.moved, other.moved)
    renamed = replace(motion, regions=("nose", *motion.regions[1:]))
    fewer = replace(
        motion,
        regions=motion.regions[1:],
        displacement_iod=motion.displacement_iod[:, :, 1:],
        error_iod=motion.error_iod[:, :, 1:],
    )
    for odd in (renamed, fewer):
        with pytest.raises(RecordError, match=motion.regions[0]):
            stretches(odd)


def test_a_lost_face_splits_and_what_is_not_a_number_never_crosses() -> None:
    face = Face(12.0).lose(4.0, 5.0)
    parts = stretches(face.motion())
    assert [(round(p.time_s[0], 2), round(p.time_s[-1], 2)) for p in parts] == [(0.0, 3.97), (5.0, 11.97)]
    for part in parts:
        for values in (part.moved, part.aperture_iod, part.pose_deg, part.quality):
            assert np.isfinite(values).all()


def test_what_lies_across_a_gap_changes_nothing_on_this_side_of_it() -> None:
    calm, wild = (Face(12.0).lose(5.0, 6.0) for _ in range(2))
    wild.moved[180:] += 10 * np.sin(np.arange(180))[:, None, None, None]
    before, after = (stretches(face.motion())[0] for face in (calm, wild))
    assert after.moved == pytest.approx(before.moved)
    for one, two in zip(collect(before), collect(after), strict=True):
        assert one.energy["face"] == pytest.approx(two.energy["face"])


def test_missing_pictures_split_a_stretch() -> None:
    parts = stretches(Face(12.0).drop(6.0, 6.64).motion())
    assert [round(float(p.time_s[0]), 2) for p in parts] == [0.0, 6.67]
    assert len(parts) == 2


def test_a_single_dropped_picture_does_not() -> None:
    (part,) = stretches(Face(6.0).drop(3.0, 3.02).motion())
    assert np.diff(part.time_s) == pytest.approx(1 / 30, abs=1e-6)
    assert np.isfinite(part.moved).all()


@pytest.mark.parametrize("duration", [0.2, 0.5, 0.9])
def test_too_little_time_is_no_stretch(duration: float) -> None:
    assert stretches(Face(duration).motion()) == []


def test_an_island_between_gaps_that_is_too_short_is_left_out() -> None:
    parts = stretches(Face(10.0).lose(3.0, 4.0).lose(4.5, 6.0).motion())
    assert [round(float(p.time_s[0]), 1) for p in parts] == [0.0, 6.0]


def test_a_face_that_is_never_there_has_no_stretch() -> None:
    assert stretches(Face(5.0).lose(0.0, 9.0).motion()) == []
    one = Face(5.0).motion()
    single = replace(
        one,
        time_s=one.time_s[:1],
        displacement_iod=one.displacement_iod[:1],
        error_iod=one.error_iod[:1],
        aperture_iod=one.aperture_iod[:1],
        pose_deg=one.pose_deg[:1],
        quality=one.quality[:1],
    )
    assert stretches(single) == []


def test_a_hidden_window_is_bridged_and_marked() -> None:
    (part,) = stretches(Face(6.0).hide("cheek", "left", 2.0, 2.5).motion())
    k = NAMES.index("cheek")
    assert part.hidden[60:75, 1, k].all()
    assert part.hidden.sum() == 15
    assert np.isfinite(part.moved).all()


@settings(max_examples=20, deadline=None)
@given(later=st.floats(0, 5000), seed=st.integers(0, 20))
def test_time_may_begin_anywhere(later: float, seed: int) -> None:
    face = Face(5.0, seed=seed)
    (here,), (there,) = stretches(face.motion()), stretches(face.motion(later))
    assert there.time_s - later == pytest.approx(here.time_s, abs=1e-6)
    assert there.moved == pytest.approx(here.moved, abs=1e-9)


def test_a_jittering_clock_is_brought_to_an_even_grid() -> None:
    face = Face(10.0)
    rng = np.random.Generator(np.random.SFC64(3))
    shaken = face.time_s + np.clip(rng.normal(0, 0.006, len(face.time_s)), -0.015, 0.015)
    slow = np.sin(2 * np.pi * 0.5 * shaken)[:, None]  # a known course, sampled at the shaken times
    face.moved = np.zeros_like(face.moved)
    face.moved[:, 1, NAMES.index("mouth_corner")] = 0.05 * slow
    motion = replace(face.motion(), time_s=shaken)
    (part,) = stretches(motion)
    assert np.diff(part.time_s) == pytest.approx(1 / part.rate_hz)
    still = replace(face.motion(), displacement_iod=face.moved)
    (even,) = stretches(still)
    assert part.rate_hz == pytest.approx(even.rate_hz, rel=0.05)
    got = part.moved[30:-30, 1, NAMES.index("mouth_corner"), 0]
    want = 0.05 * np.sin(2 * np.pi * 0.5 * part.time_s[30:-30])
    assert np.corrcoef(got, want)[0, 1] > 0.99


def test_a_small_movement_of_the_head_is_taken_out_of_all_windows() -> None:
    face, still = Face(8.0), Face(8.0)
    sway = 0.02 * np.sin(face.time_s)[:, None]
    face.moved[:, :, :, 0] += np.array([-1.0, 1.0])[None, :, None] * sway[:, :, None]  # both sides to the left
    (part,), (calm,) = stretches(face.motion()), stretches(still.motion())
    inner = [k for k, name in enumerate(NAMES) if any(name in members for members in groups().values())]
    assert (part.moved - calm.moved)[:, :, inner].std() < 0.0005


def test_every_duration_that_fits_is_looked_for() -> None:
    (long,) = stretches(Face(6.0).motion())
    assert len(collect(long)) == len(DURATIONS_S)
    (short,) = stretches(Face(1.2).motion())
    assert 0 < len(collect(short)) < len(DURATIONS_S)
    assert sorted(DURATIONS_S) == list(DURATIONS_S)


def test_evidence_has_what_is_read_of_it() -> None:
    (part,) = stretches(Face(3.0).motion())
    found = collect(part)[2]
    assert set(found.energy) == {"all", "face", "eye", "mid", "mouth"}
    assert set(found.toward) == {"face"}
    assert set(found.matched) == set(found.matched_but_one) == {"hemiface", "eye", "mid", "brow"}
    for values in (*found.energy.values(), *found.toward.values(), *found.matched.values(), found.raw):
        assert values.shape == (90, 2)
        assert np.isfinite(values).all()


def test_groups_count_their_windows() -> None:
    sizes = group_sizes()
    for name, members in groups().items():
        assert sizes[name] == len(members)
        assert set(members) <= set(NAMES)
    assert sizes["face"] == sizes["eye"] + sizes["mid"] + sizes["mouth"]


def test_significance_is_a_standard_normal_deviate_of_noise_energy() -> None:
    rng = np.random.Generator(np.random.SFC64(5))
    for windows in (4, 10, 14):
        deviate = significance(rng.chisquare(2 * windows, 20_000) / (2 * windows), windows)
        assert deviate.mean() == pytest.approx(0, abs=0.03)
        assert deviate.std() == pytest.approx(1, abs=0.03)
        assert (deviate > 3).mean() < 4 * stats.norm.sf(3)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_contraction_is_evidence_on_its_side_toward_the_pull(side: str) -> None:
    face = Face(10.0).twitch(5.0, side, 0.02)  # type: ignore[arg-type]
    (part,) = stretches(face.motion())
    found = evidence_for(part, pulse_kernel(0.12, part.rate_hz))
    own = ("right", "left").index(side)
    at = slice(146, 155)
    assert found.energy["face"][at, own].max() > 10 * found.energy["face"][at, 1 - own].max()
    assert found.matched["hemiface"][at, own].max() > 8
    assert found.toward["face"][150, own] > 0.5


def test_swapping_the_sides_swaps_the_evidence() -> None:
    face = Face(10.0).twitch(3.0, "left", 0.02).twitch(7.0, "right", 0.03).blink(5.0).hide("cheek", "left", 1.0, 1.5)
    (one,) = stretches(face.motion())
    (other,) = stretches(face.mirrored().motion())
    for a, b in zip(collect(one), collect(other), strict=True):
        for name in ("all", "face", "eye", "mid"):
            assert b.energy[name][:, ::-1] == pytest.approx(a.energy[name], rel=1e-5, abs=1e-7)
