"""A painted surface: the compiled loops give the very bits of the same sums over whole arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.images import surface

RNG = np.random.Generator(np.random.SFC64(3))
HEIGHT, WIDTH, SAMPLES = 11, 14, 3
PLANES = RNG.normal(0, 1, (17, 6)).astype(np.float32)
IDS = RNG.integers(0, 7, (HEIGHT * SAMPLES, WIDTH * SAMPLES)).astype(np.uint16)
CENTRE = IDS[1::SAMPLES, 1::SAMPLES].copy()
EDGE = RNG.uniform(0, 1, (HEIGHT, WIDTH)) < 0.3


def places(triangle: NDArray[np.int64], x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    dx, dy = x - PLANES[15][triangle], y - PLANES[16][triangle]
    return np.stack(
        [PLANES[k][triangle] + PLANES[5 + k][triangle] * dx + PLANES[10 + k][triangle] * dy for k in range(5)]
    )


def test_each_pixel_has_the_texture_of_its_triangle_and_none_where_there_is_none() -> None:
    rows, columns = np.nonzero(CENTRE)
    wanted = np.zeros((2, HEIGHT, WIDTH), np.float32)
    triangle = CENTRE[rows, columns].astype(np.int64) - 1
    wanted[:, rows, columns] = places(triangle, columns.astype(np.float32), rows.astype(np.float32))[:2]
    assert surface.texture_charts(PLANES, CENTRE).tobytes() == wanted.tobytes()


def test_a_pixel_inside_is_one_point_and_one_at_an_edge_the_mean_of_what_is_behind_and_of_its_samples() -> None:
    triangle, x, y, pixel, whole, edge_pixel, hits = surface.lay_out(IDS, EDGE, SAMPLES)
    assert whole == np.count_nonzero((CENTRE > 0) & ~EDGE)
    assert edge_pixel.tolist() == np.flatnonzero(EDGE).tolist()
    assert hits.sum() == len(triangle) - whole == np.count_nonzero(IDS[np.repeat(np.repeat(EDGE, 3, 0), 3, 1)])
    assert surface.texture_places(PLANES, triangle, x, y).tobytes() == places(triangle, x, y).tobytes()
    near = np.rint(y).astype(np.int64) * WIDTH + np.rint(x).astype(np.int64)
    assert (near == pixel).all()

    before = RNG.uniform(0, 255, (HEIGHT * WIDTH, 3)).astype(np.float32)
    colours = RNG.uniform(0, 255, (len(triangle), 3)).astype(np.float32)
    after = before.copy()
    surface.blend_samples(after, colours, pixel, whole, edge_pixel, hits, SAMPLES)
    assert (after[pixel[:whole]] == colours[:whole]).all()
    for place, count in zip(edge_pixel, hits, strict=True):
        painted = colours[whole:][pixel[whole:] == place].sum(axis=0) / 9
        assert np.allclose(after[place], before[place] * (1 - count / 9) + painted, rtol=1e-5)
    rest = np.setdiff1d(np.arange(HEIGHT * WIDTH), [*pixel, *edge_pixel])
    assert (after[rest] == before[rest]).all()


def test_light_falls_on_what_faces_it() -> None:
    normal = np.array([[0, 0, 2], [0, 0, -1], [0, 3, 0]], np.float32).T.copy()
    towards = np.eye(3, dtype=np.float32)[[2, 1, 2]]
    bright, gloss, size = surface.light_up(normal, towards)
    assert np.allclose(size, [1 / 2, 1, 1 / 3])
    assert np.allclose(bright, [0.38 + 0.75 * 0.75, 0.38, 0.38 + 0.75 * 0.25])
    assert np.allclose(gloss, [1, 0, 0])


def test_a_layer_covers_as_much_as_it_says_and_noise_grows_with_light() -> None:
    picture = np.full((2, 1, 3), 100, np.float32)
    layer = np.array([[[50, 60, 70, 0.0]], [[50, 60, 70, 0.5]]])
    surface.cover(picture, layer, 2.0)
    assert picture.tolist() == [[[100, 100, 100]], [[100, 110, 120]]]
    values = np.zeros(2, np.float32)
    surface.sense(values, np.array([0, 16], np.float32), np.ones(2, np.float32), 0.5, 1.0, 2.0)
    assert values.tolist() == [2, 6]
    assert surface.whole(np.array([-4, 0.5, 1.5, 300], np.float32), 0.0).tolist() == [0, 0, 2, 255]
