"""The generator's truth is what its pixels do."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.measure.regions import template
from validation.muscles import PATTERNS, drawn, on_picture
from validation.surface import POINTS, eye_distance_px, sheet, triangles, warped
from validation.twitches import Twitch, displacement, random_twitches, truth_of

IOD_PX = 120.0


def face() -> NDArray[np.float64]:
    """Mesh points of a face in a picture of 400 by 440 pixels."""
    return template() * IOD_PX + [200.0, 160.0, 0.0]


def spot(picture: NDArray[np.float64], near: NDArray[np.float64], reach: int = 12) -> NDArray[np.float64]:
    """Centre of the bright spot near a place."""
    x0, y0 = np.rint(near).astype(int) - reach
    part = picture[y0 : y0 + 2 * reach + 1, x0 : x0 + 2 * reach + 1] - 40.0
    part = np.clip(part - 5.0, 0, None)
    y, x = np.mgrid[y0 : y0 + 2 * reach + 1, x0 : x0 + 2 * reach + 1]
    return np.asarray(np.array([(part * x).sum(), (part * y).sum()]) / part.sum(), dtype=np.float64)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("pattern", ["mouth", "lids_cheek"])
def test_a_marked_point_lands_where_it_was_sent(pattern: str, side: str) -> None:
    corners = sheet(face())[:, :2]
    field = drawn(pattern, side)
    shift = on_picture(field, corners, 0.04, eye_distance_px(face()))
    # The skin point that moves most, away from the eyes, whose skin slides over the ball.
    skin = [i for i in range(POINTS) if template()[i, 1] > 0.4]
    point = max(skin, key=lambda i: float(np.linalg.norm(shift[i])))
    y, x = np.mgrid[0:440, 0:400]
    far = (x - corners[point, 0]) ** 2 + (y - corners[point, 1]) ** 2
    before = np.rint(40 + 180 * np.exp(-far / (2 * 2.0**2))).astype(np.uint8)
    after, _ = warped(before, np.full((2, 220, 200), 128, np.uint8), corners, corners + shift)
    moved = spot(after.astype(float), corners[point] + shift[point]) - spot(before.astype(float), corners[point])
    assert np.linalg.norm(shift[point]) > 2.0
    assert np.linalg.norm(moved - shift[point]) < 0.35  # the spot is wider than a triangle: its rim moves otherwise


def test_a_shift_of_everything_is_exact_to_a_hundredth_of_a_pixel() -> None:
    corners = sheet(face())[:, :2]
    y, x = np.mgrid[0:440, 0:400]
    before = np.rint(128 + 60 * np.sin(x / 5) * np.cos(y / 6)).astype(np.uint8)
    after, _ = warped(before, np.full((2, 220, 200), 128, np.uint8), corners, corners + [0.3, -0.2])
    wanted = 128 + 60 * np.sin((x - 0.3) / 5) * np.cos((y + 0.2) / 6)
    inside = (slice(100, 300), slice(120, 280))
    gap = after[inside] - wanted[inside]
    assert np.abs(gap).mean() < 0.5  # rounding to whole grey levels is a quarter on average, twice over


@pytest.mark.parametrize("pattern", sorted(PATTERNS))
def test_the_largest_displacement_is_what_was_asked_for(pattern: str) -> None:
    corners = sheet(face())[:, :2]
    shift = on_picture(drawn(pattern, "left"), corners, 0.05, IOD_PX)
    assert np.linalg.norm(shift, axis=1).max() == pytest.approx(0.05 * IOD_PX)
    share_of_other_side = np.abs(shift[:POINTS][template()[:, 0] < -0.01]).max() / (0.05 * IOD_PX)
    assert share_of_other_side == 0.0


def test_sides_mirror_each_other() -> None:
    for pattern in PATTERNS:
        right, left = drawn(pattern, "right")[:POINTS], drawn(pattern, "left")[:POINTS]
        assert np.linalg.norm(right, axis=1).sum() == pytest.approx(np.linalg.norm(left, axis=1).sum(), rel=1e-6)
        assert (right[:, 0].sum() + left[:, 0].sum()) == pytest.approx(0, abs=1e-6)


def test_what_does_not_move_keeps_its_bytes() -> None:
    corners = sheet(face())[:, :2]
    picture = np.random.default_rng(0).integers(0, 255, (440, 400)).astype(np.uint8)
    chroma = np.full((2, 220, 200), 128, np.uint8)
    shift = on_picture(drawn("lids", "left"), corners, 0.05, IOD_PX)
    after, _ = warped(picture, chroma, corners, corners + shift)
    assert (after[:, :190] == picture[:, :190]).all()  # the person's left is on the right of the picture
    assert (after != picture).any()


def test_eyes_are_covered_not_stretched() -> None:
    corners = sheet(face())[:, :2]
    assert 20 < triangles()[1].sum() < 80
    shift = on_picture(drawn("lids", "right"), corners, 0.06, IOD_PX)
    assert np.abs(shift[468:478]).max() == 0.0


def test_truth_has_the_course_of_the_pixels() -> None:
    twitch = Twitch(onset_s=1.0, duration_s=0.2, side="left", size_iod=0.03)
    event = truth_of([twitch])[0]
    times = np.linspace(0.9, 1.3, 401)
    course = np.array([twitch.at(t) for t in times])
    assert course.max() == pytest.approx(1.0, abs=1e-3)
    assert times[course.argmax()] == pytest.approx(event.apex_s, abs=2e-3)
    assert (course[times <= event.onset_s] == 0).all()
    assert (course[times >= event.offset_s] < 1e-9).all()
    corners = sheet(face())[:, :2]
    shift = displacement([twitch], event.apex_s, corners, IOD_PX)
    assert shift is not None
    assert np.linalg.norm(shift, axis=1).max() == pytest.approx(event.amplitude_iod * IOD_PX)


def test_random_contractions_keep_their_word() -> None:
    rng = np.random.default_rng(1)
    rows = random_twitches(rng, 60.0, sizes_iod=(0.02, 0.08), durations_s=(0.06, 0.4), keep_clear=[(10.0, 20.0)])
    assert len(rows) > 20
    assert len({t.side for t in rows}) == 1
    assert all(0.02 <= t.size_iod <= 0.08 and 0.06 <= t.duration_s <= 0.4 for t in rows)
    assert not any(t.onset_s < 20.0 and t.offset_s > 10.0 for t in rows)
    assert all(b.onset_s >= a.offset_s for a, b in pairwise(rows))
