"""Regions and the template they are placed by: both sides alike, inside the raster, each with its muscle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load
from facialis.core.records import eye_limit_iod
from facialis.measure import regions as room
from facialis.measure.face.mesh import LANDMARKS
from facialis.measure.regions import (
    RASTER_HEIGHT_PX,
    RASTER_WIDTH_PX,
    canthi_points,
    eye_opening_points,
    feature_parts,
    groups,
    lid_points,
    mirror,
    muscles_of,
    outline_points,
    parts,
    patterns,
    pose_points,
    region_points,
    regions,
    rigid_points,
    template,
    unions,
    window_index,
    windows_of,
)


def test_the_template_is_a_symmetric_face() -> None:
    points = template()
    assert points.shape == (LANDMARKS, 3)
    flipped = points[mirror()] * [-1.0, 1.0, 1.0]
    assert np.abs(flipped - points).max() < 0.02
    eyes = points[[33, 133, 362, 263]]
    assert np.linalg.norm(eyes[2:].mean(0) - eyes[:2].mean(0)) == pytest.approx(1.0, abs=0.03)
    assert eyes[0, 0] < 0 < eyes[3, 0]  # the person's right eye is on the left of the picture
    assert points[152, 1] > points[10, 1]  # y points down: the chin lies below the forehead


def test_mirroring_twice_changes_nothing() -> None:
    assert np.array_equal(mirror()[mirror()], np.arange(LANDMARKS))


def test_every_region_has_a_muscle_a_direction_and_windows_on_its_own_side() -> None:
    names = [region.name for region in regions()]
    assert len(set(names)) == len(names)
    centres = template()[region_points()].mean(axis=2)
    assert centres.shape == (2, len(names), 3)
    assert (centres[0, :, 0] < 0).all()
    assert (centres[1, :, 0] > 0).all()
    assert np.abs(centres[0] * [-1, 1, 1] - centres[1]).max() < 0.02
    for region in regions():
        assert region.muscle
        assert np.hypot(*region.pull) > 0
        assert min(region.window_iod) > 0


def test_windows_lie_within_the_raster() -> None:
    from facialis.measure.face.raster import raster_points

    windows = raster_points()[region_points()].mean(axis=2).reshape(-1, 2)
    assert windows.min() > 0
    assert (windows < [RASTER_WIDTH_PX, RASTER_HEIGHT_PX]).all()


def test_rigid_skin_comes_in_pairs_and_shares_no_window_with_a_muscle() -> None:
    rigid = np.array([template()[list(points), :2].mean(axis=0) for points in rigid_points()])
    assert len(rigid) >= 6
    assert abs(rigid[:, 0].sum()) < 0.05
    muscles = template()[region_points()].mean(axis=2).reshape(-1, 3)[:, :2]
    assert min(np.linalg.norm(r - m) for r in rigid for m in muscles) > 0.03


def test_the_outline_draws_existing_points() -> None:
    for name, chain in outline_points().items():
        assert len(chain) > 2, name
        assert 0 <= min(chain) <= max(chain) < LANDMARKS


def test_landmarks_of_the_eyes_lie_round_the_eye_of_their_side() -> None:
    points = template()
    for side, sign in ((0, -1), (1, 1)):
        opening = points[eye_opening_points()[side]]
        assert (sign * opening[:, 0] > 0).all()
        outer, inner = points[canthi_points()[side]]
        assert sign * outer[0] > sign * inner[0] > 0
        assert {*canthi_points()[side], *lid_points()[side].ravel()} <= set(eye_opening_points()[side])
        for upper, lower in points[lid_points()[side]]:
            assert upper[1] < lower[1]  # y points down


def test_the_turn_of_the_head_is_read_from_points_of_both_sides_alike() -> None:
    points = pose_points()
    assert points == tuple(sorted(set(points)))
    assert {int(mirror()[p]) for p in points} == set(points)
    assert set(points) > {p for window in rigid_points() for p in window}


def test_groups_share_no_window_and_unions_hold_whole_groups() -> None:
    grouped = [name for members in groups().values() for name in members]
    assert len(set(grouped)) == len(grouped)
    assert set(grouped) == {region.name for region in regions()} - {"jaw"}
    assert set(unions()["all"]) == set(grouped)
    assert set(unions()["face"]) == {*groups()["eye"], *groups()["mid"], *groups()["mouth"]}


def test_patterns_move_what_their_groups_hold_as_far_as_the_whole_contraction_does() -> None:
    whole = patterns()["hemiface"]
    assert whole.max() == 1.0
    assert set(np.flatnonzero(whole)) == set(window_index(*unions()["face"]))
    for name, held in (("eye", groups()["eye"]), ("mid", (*groups()["mid"], *groups()["mouth"]))):
        inside = np.isin(np.arange(len(whole)), window_index(*held))
        assert np.array_equal(patterns()[name], np.where(inside, whole, 0.0))
    brow = patterns()["brow"]
    assert (brow[window_index(*windows_of("sign_brow"))] > 0).all()
    assert brow[window_index("inner_brow")] == 0


def test_each_window_belongs_to_one_feature_at_most() -> None:
    windows = [name for members in feature_parts().values() for name in members]
    assert len(set(windows)) == len(windows)
    assert set(windows) == {name for members in groups().values() for name in members}


def test_sets_of_muscles_name_muscles_that_windows_stand_for() -> None:
    measured = {region.muscle for region in regions()}
    assert muscles_of("brow") < muscles_of("closing") <= measured
    assert muscles_of("mouth") <= measured


def test_the_limit_that_is_quoted_is_that_of_the_lower_lid() -> None:
    (lid,) = (part for part in parts() if part.name == "lower_lid")
    for region in regions():
        assert (eye_limit_iod({region.name: 0.01}) is not None) == (region.name in lid.stands_for)


def test_a_window_that_is_none_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="no window nostril"):
        window_index("cheek", "nostril")


@pytest.mark.parametrize(
    ("section", "rows", "ask"),
    [
        ("groups", {"eye": {"windows": ["nostril"]}}, groups),
        ("groups", {"eye": {}}, groups),
        ("unions", {"face": {"groups": ["nose"]}}, unions),
        ("patterns", {"eye": {"of": "nothing", "groups": ["eye"]}}, patterns),
        ("parts", {"eye": {"regions": ["nostril"], "windows": {"cheek": 1.0}}}, parts),
        ("eyes", {"canthi": [33, 5000]}, canthi_points),
        ("roles", {}, windows_of),
    ],
)
def test_a_broken_row_is_refused(
    monkeypatch: pytest.MonkeyPatch, section: str, rows: dict[str, object], ask: Callable[..., object]
) -> None:
    broken = {**load("regions.yaml"), section: rows}
    monkeypatch.setattr(room, "load", lambda _: broken)
    _forget()
    try:
        with pytest.raises(KnowledgeError, match=r"regions\.yaml"):
            ask(*(("ripple",) if ask is windows_of else ()))
    finally:
        _forget()


def _forget() -> None:
    for kept in (groups, unions, patterns, parts, windows_of, room._eyes):
        kept.cache_clear()


def test_an_incomplete_region_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"regions": {"cheek": {"muscle": "zygomaticus", "points": [1, 2], "references": []}}}
    monkeypatch.setattr(room, "load", lambda name: rows if name == "regions.yaml" else load(name))
    with pytest.raises(KnowledgeError, match="incomplete"):
        regions.__wrapped__()
