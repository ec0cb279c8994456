"""Regions and the template they are placed by: both sides alike, inside the raster, each with its muscle."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load
from facialis.measure import regions as room
from facialis.measure.face.mesh import LANDMARKS
from facialis.measure.regions import (
    RASTER_HEIGHT_PX,
    RASTER_WIDTH_PX,
    mirror,
    outline_points,
    region_points,
    regions,
    rigid_points,
    template,
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


def test_an_incomplete_region_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {"regions": {"cheek": {"muscle": "zygomaticus", "points": [1, 2], "references": []}}}
    monkeypatch.setattr(room, "load", lambda name: rows if name == "regions.yaml" else load(name))
    with pytest.raises(KnowledgeError, match="incomplete"):
        regions.__wrapped__()
