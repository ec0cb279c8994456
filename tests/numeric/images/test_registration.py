"""The shift of windows is found without bias, whatever the light, and a reference learns looks, never places."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, zoom

from facialis.numeric.images.registration import LEVELS, Pyramid, Reference, measure_shift

Bytes = NDArray[np.uint8]
Floats = NDArray[np.float64]
HEIGHT, WIDTH = 240, 200
WHOLE = 0.05  # px; what the design allows as bias


def scene(seed: int) -> Callable[..., Bytes]:
    """A picture of plane waves, which can be moved by any fraction of a pixel exactly."""
    rng = np.random.Generator(np.random.SFC64(seed))
    length = rng.uniform(4, 40, 300)
    turn, phase = rng.uniform(0, np.pi, 300), rng.uniform(0, 2 * np.pi, 300)
    size = np.sqrt(length)
    size *= 25 / np.sqrt((size**2).sum() / 2)
    kx, ky = 2 * np.pi / length * np.cos(turn), 2 * np.pi / length * np.sin(turn)

    def picture(
        x: float = 0.0, y: float = 0.0, gain: float = 1.0, offset: float = 0.0, noise: Floats | float = 0.0
    ) -> Bytes:
        across = np.exp(1j * np.outer(np.arange(WIDTH) - x, kx))
        down = np.exp(1j * np.outer(np.arange(HEIGHT) - y, ky))
        value = ((down * (size * np.exp(1j * phase))) @ across.T).real + 128
        return np.asarray(np.clip(np.rint(value * gain + offset + noise), 0, 255), np.uint8)

    return picture


def pyramid(image: NDArray[np.uint8] | NDArray[np.float32]) -> Pyramid:
    """Levels of half the size each, as the measuring rooms make them, by other means."""
    level = gaussian_filter(image.astype(np.float32), 0.8)
    levels = [level]
    for _ in LEVELS[1:]:
        level = gaussian_filter(level, 1.0)[::2, ::2]
        levels.append(level)
    return tuple(np.ascontiguousarray(level) for level in levels)


def weights_of(mask: NDArray[np.float32]) -> Pyramid:
    return tuple(np.ascontiguousarray(mask if step == 1 else zoom(mask, 1 / step, order=1)) for step in LEVELS)


def centres() -> Floats:
    x, y = np.meshgrid(np.arange(45.0, 160, 27), np.arange(45.0, 200, 30))
    return np.stack([x.ravel(), y.ravel()], axis=1)


PLACES = centres()
WINDOWS = np.full((len(PLACES), 2), 12.0)
ZERO = np.zeros_like(PLACES)


def reference(picture: Bytes, weights: Pyramid | None = None) -> Reference:
    return Reference(pyramid(picture), PLACES, WINDOWS, weights)


@pytest.mark.parametrize("size", [0.0, 0.1, 0.5, 1.0, 1.7, 3.0, 4.5, 6.0])
def test_shifts_are_found_without_bias(size: float) -> None:
    for seed, turn in ((1, 0.3), (2, 2.2), (3, 4.0)):
        picture = scene(seed)
        moved = np.array([size * np.cos(turn), size * np.sin(turn)])
        found = measure_shift(reference(picture()), pyramid(picture(*moved)), ZERO)
        assert np.abs(found.shift_px.mean(axis=0) - moved).max() < WHOLE / 5
        assert np.abs(found.shift_px - moved).max() < WHOLE
        assert found.match.min() > 0.98
        assert found.match.max() <= 1 + 1e-6


@pytest.mark.parametrize("start", [(-3.0, 2.0), (1.0, -1.0), (4.0, 4.0)])
def test_where_the_search_starts_does_not_matter(start: tuple[float, float]) -> None:
    picture = scene(4)
    windows = reference(picture())
    seen = pyramid(picture(1.3, -0.7))
    found = measure_shift(windows, seen, ZERO + start).shift_px
    assert np.abs(found - [1.3, -0.7]).max() < WHOLE


@settings(max_examples=15, deadline=None)
@given(gain=st.floats(0.75, 1.2), offset=st.floats(-15, 15), x=st.floats(-3, 3), y=st.floats(-3, 3))
def test_light_does_not_move_the_skin(gain: float, offset: float, x: float, y: float) -> None:
    picture = scene(5)
    found = measure_shift(reference(picture()), pyramid(picture(x, y, gain, offset)), ZERO)
    assert np.abs(found.shift_px.mean(axis=0) - [x, y]).max() < 0.02
    assert np.abs(found.shift_px - [x, y]).max() < 2 * WHOLE


def test_the_standard_error_grows_with_the_noise_and_is_of_its_size() -> None:
    picture = scene(6)
    windows = reference(picture())
    rng = np.random.Generator(np.random.SFC64(7))

    def spread(noise: float) -> tuple[float, float]:
        found = [
            measure_shift(windows, pyramid(picture(noise=rng.normal(0, noise, (HEIGHT, WIDTH)))), ZERO)
            for _ in range(15)
        ]
        true = float(np.std([f.shift_px for f in found], axis=0).mean())
        return true, float(np.mean([f.error_px for f in found]))

    true, said = spread(3.0)
    true_more, said_more = spread(9.0)
    assert true_more / true == pytest.approx(3, rel=0.2)
    assert said_more / said == pytest.approx(3, rel=0.2)
    assert 0.5 < said / true < 2


def test_noise_scatters_the_shift_but_does_not_bias_it() -> None:
    picture = scene(8)
    windows = reference(picture())
    rng = np.random.Generator(np.random.SFC64(9))
    found = [
        measure_shift(windows, pyramid(picture(0.6, -0.4, noise=rng.normal(0, 4, (HEIGHT, WIDTH)))), ZERO).shift_px
        for _ in range(15)
    ]
    assert np.abs(np.mean(found, axis=(0, 1)) - [0.6, -0.4]).max() < 0.01


def test_something_else_in_a_window_does_not_match() -> None:
    picture, hand = scene(10), scene(11)
    covered = picture()
    covered[:, : WIDTH // 2] = hand()[:, : WIDTH // 2]
    match = measure_shift(reference(picture()), pyramid(covered), ZERO).match
    left = PLACES[:, 0] < WIDTH / 2 - 30
    right = PLACES[:, 0] > WIDTH / 2 + 30
    assert match[left].max() < 0.5
    assert match[right].min() > 0.95


def test_a_bare_wall_gives_zero_and_numbers() -> None:
    bare = np.full((HEIGHT, WIDTH), 120, np.uint8)
    found = measure_shift(reference(bare), pyramid(bare), ZERO)
    assert np.abs(found.shift_px).max() < 1e-3
    assert np.isfinite(found.match).all()
    assert np.isfinite(found.error_px).all()


def test_what_lies_outside_the_weights_is_not_seen() -> None:
    picture = scene(12)
    skin = np.ones((HEIGHT, WIDTH), np.float32)
    skin[80:110, 60:130] = 0  # an opening in which other things move
    windows = reference(picture(), weights_of(skin))
    looked = picture()
    rng = np.random.Generator(np.random.SFC64(13))
    looked[84:106, 64:126] = rng.integers(0, 255, (22, 62))
    assert np.abs(measure_shift(windows, pyramid(looked), ZERO).shift_px).max() < 2 * WHOLE
    assert np.abs(measure_shift(reference(picture()), pyramid(looked), ZERO).shift_px).max() > 2 * WHOLE


def test_a_learned_reference_does_not_absorb_a_displacement() -> None:
    picture = scene(14)
    windows = reference(picture())
    held = pyramid(picture(2.0, 1.0))
    for _ in range(80):
        found = measure_shift(windows, held, ZERO)
        windows.learn(held, found.shift_px, np.full(len(PLACES), 0.2))
    after = measure_shift(windows, held, ZERO).shift_px
    assert np.abs(after.mean(axis=0) - [2.0, 1.0]).max() < WHOLE
    back = measure_shift(windows, pyramid(picture()), ZERO).shift_px
    assert np.abs(back.mean(axis=0)).max() < WHOLE


def test_a_learned_reference_follows_the_looks_and_only_where_it_may() -> None:
    before, after = scene(15), scene(16)
    half = np.asarray(before() * 0.5 + after() * 0.5, np.uint8)
    windows = reference(before())
    allowed = np.where(PLACES[:, 0] < WIDTH / 2, 1.0, 0.0)
    first = measure_shift(windows, pyramid(half), ZERO).match
    windows.learn(pyramid(half), ZERO, allowed)
    second = measure_shift(windows, pyramid(half), ZERO).match
    assert second[allowed == 1].min() > 0.99
    assert second[allowed == 0] == pytest.approx(first[allowed == 0], abs=1e-6)
    assert first.max() < 0.95


def test_a_window_that_jumped_is_found_by_the_coarse_levels_whatever_is_usual() -> None:
    picture = scene(18)
    seen = pyramid(picture(6.0, -5.0))
    for usual in (None, np.full(len(PLACES), 0.95)):
        found = measure_shift(reference(picture()), seen, ZERO, usual_match=usual)
        assert np.abs(np.median(found.shift_px, axis=0) - [6.0, -5.0]).max() < WHOLE


def test_some_windows_alone_are_measured_as_among_all() -> None:
    picture = scene(19)
    windows = reference(picture())
    seen = pyramid(picture(1.2, 0.4))
    part = slice(4, 11)
    one, everything = measure_shift(windows, seen, ZERO[part], part), measure_shift(windows, seen, ZERO)
    for name in ("shift_px", "match", "error_px"):
        assert getattr(one, name) == pytest.approx(getattr(everything, name)[part], abs=1e-4)


def test_a_start_in_whole_pixels_is_a_start_like_any_other() -> None:
    picture = scene(22)
    windows, seen = reference(picture()), pyramid(picture(0.6, -0.3))
    whole = measure_shift(windows, seen, np.zeros_like(PLACES, dtype=np.int64))
    assert whole.shift_px == pytest.approx(measure_shift(windows, seen, ZERO).shift_px)


def test_starts_matches_and_shares_must_be_as_many_as_windows() -> None:
    picture = scene(23)
    windows, seen = reference(picture()), pyramid(picture())
    for start, usual in ((ZERO[:-1], None), (ZERO, np.ones(3))):
        with pytest.raises(ValueError, match="windows"):
            measure_shift(windows, seen, start, usual_match=usual)
    for shift, rate in ((ZERO[:-1], np.ones(len(PLACES))), (ZERO, np.ones(2))):
        with pytest.raises(ValueError, match="windows"):
            windows.learn(seen, shift, rate)
