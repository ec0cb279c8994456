"""A puppet's pictures do what its truth says, and what it does at will moves both sides."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.measure.regions import template
from validation.behaviours import Behaviour
from validation.puppet import Film, Sitter
from validation.surface import EYES, sheet
from validation.twitches import Twitch, displacement

IOD_PX = 60
FILM = Film(face="dots", iod_px=IOD_PX, duration_s=0.5, gain=0.0, read_noise=0.0, crf=None)


def sitter() -> Sitter:
    """Smooth random skin with the template's points; its own interocular distance is 120 pixels."""
    points = template() * 120.0 + [240.0, 200.0, 0.0]
    noise = np.random.default_rng(0).normal(0, 1, (3, 500, 480)).astype(np.float32)
    planes = np.stack([128 + 200 * cv2.GaussianBlur(plane, (0, 0), 4.0) for plane in noise])
    return Sitter("dots", np.clip(planes, 0, 255).astype(np.float32), points)


def moved(
    before: NDArray[np.uint8], after: NDArray[np.uint8], at: NDArray[np.float64], half: int
) -> NDArray[np.float64]:
    """Least squares, one step, in a square round a place."""
    x, y = np.rint(at).astype(int)
    a, b = (p[y - half - 1 : y + half + 2, x - half - 1 : x + half + 2].astype(float) for p in (before, after))
    gy, gx = np.gradient((a + b) / 2)
    rows = np.stack([gx[1:-1, 1:-1].ravel(), gy[1:-1, 1:-1].ravel()], 1)
    return np.asarray(-np.linalg.lstsq(rows, (b - a)[1:-1, 1:-1].ravel(), rcond=None)[0], dtype=np.float64)


def corners(film: Film, who: Sitter) -> NDArray[np.float64]:
    """The sheet in the film's picture, at rest."""
    scale = film.iod_px / 120.0
    middle = who.points_px[[33, 133, 362, 263], :2].mean(0)
    points = who.points_px[:, :2] * scale + np.array([0.5, 0.4]) * film.size - scale * middle
    return sheet(points)


def test_a_twitch_moves_the_skin_by_its_size() -> None:
    who = sitter()
    twitch = Twitch(onset_s=0.1, duration_s=0.3, side="left", size_iod=0.02, pattern="mouth", rise=0.5)
    film = replace(FILM, twitches=(twitch,), rate_hz=20.0)
    frames = list(film.frames(who))
    at = corners(film, who)
    shift = displacement([twitch], twitch.apex_s, at, float(IOD_PX))
    assert shift is not None
    assert np.linalg.norm(shift, axis=1).max() == pytest.approx(0.02 * IOD_PX)
    apex = frames[5]
    assert apex.time_s == pytest.approx(twitch.apex_s)
    point = int(np.linalg.norm(shift, axis=1).argmax())
    near = np.linalg.norm(at - at[point], axis=1) < 6
    found = moved(frames[0].luma, apex.luma, at[point], 4)
    assert np.linalg.norm(found - shift[near].mean(0)) < 0.25 * np.linalg.norm(shift[point])
    mirrored = np.array([film.size[0] - at[point, 0], at[point, 1]])
    assert np.abs(moved(frames[0].luma, apex.luma, mirrored, 4)).max() < 0.02


def test_a_still_puppet_has_only_the_noise_that_was_asked_for() -> None:
    film = replace(FILM, read_noise=3.0)
    frames = np.stack([f.luma.astype(float) for f in film.frames(sitter())])
    middle = frames[:, 40:-40, 40:-40]
    grey = middle.mean(0)
    plain = (grey > 30) & (grey < 225)
    assert np.sqrt(middle.var(0, ddof=1)[plain].mean()) == pytest.approx(np.sqrt(9 + 1 / 12), rel=0.02)


def test_head_motion_carries_the_whole_face() -> None:
    who = sitter()
    frames = list(replace(FILM, sway_iod=0.05, seed=3).frames(who))
    at = corners(FILM, who)
    steps = [moved(a.luma, b.luma, at[p], 5) for a, b in ((frames[0], frames[1]),) for p in (9, 205, 425)]
    assert np.ptp(np.stack(steps), axis=0).max() < 0.6 * max(np.abs(np.stack(steps)).max(), 0.05)


def test_a_blink_closes_both_eyes_and_a_late_eye_is_late() -> None:
    at = sheet(template()[:, :2] * 100.0)
    blink = Behaviour(act="blink", onset_s=1.0, duration_s=0.25, asynchrony_s=0.05)
    shut = blink.displacement(1.1, at, 100.0)
    assert shut is not None
    upper, lower = 159, 145
    gap = at[lower, 1] - at[upper, 1]
    after = gap + shut[lower, 1] - shut[upper, 1]
    assert after <= 0.02 * gap
    left = (at[374, 1] + shut[374, 1]) - (at[386, 1] + shut[386, 1])
    assert after + 0.05 * gap < left < 0.7 * gap
    assert not shut[468:478].any()
    assert blink.truth is not None
    assert blink.truth.trial_type == "blink"


@pytest.mark.parametrize("act", ["smile", "speech"])
def test_what_is_done_at_will_moves_both_sides(act: str) -> None:
    at = sheet(template()[:, :2] * 100.0)
    behaviour = Behaviour(act="smile" if act == "smile" else "speech", onset_s=0.0, duration_s=2.0)
    shift = behaviour.displacement(1.0, at, 100.0)
    assert shift is not None
    right, left = (np.linalg.norm(shift[:478][template()[:, 0] * s > 0.1], axis=1).max() for s in (-1, 1))
    assert 0.8 < right / left < 1.25


def test_lids_of_the_other_eye_stay_open_in_a_wink() -> None:
    at = sheet(template()[:, :2] * 100.0)
    wink = Behaviour(act="wink", onset_s=0.0, duration_s=1.0, side="right")
    shift = wink.displacement(0.5, at, 100.0)
    assert shift is not None
    assert np.abs(shift[list(EYES[1])]).max() == 0.0
    assert shift[159, 1] > 1.0


def test_an_uneven_blink_closes_one_eye_further_and_for_longer() -> None:
    blink = Behaviour(act="blink", onset_s=1.0, duration_s=0.3, amount=0.8, imbalance=0.2, longer_s=0.04)
    at = np.arange(0.9, 1.5, 0.001)
    left, right = (np.array([blink.closed(float(t), side) for t in at]) for side in ("left", "right"))
    assert (left.max(), right.max()) == pytest.approx((0.88, 0.72), rel=0.01)
    assert ((left > 0).sum(), (right > 0).sum()) == pytest.approx((320, 280), abs=2)
