"""What is no skin of the face is told by its colour, or by never changing; beards, tones and grey films are not."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.face.bare_skin import BareSkin
from facialis.measure.face.raster import raster_points
from facialis.measure.regions import RASTER_HEIGHT_PX, RASTER_WIDTH_PX, groups, region_points, regions
from facialis.numeric.images.similarity import IDENTITY

Colour = tuple[float, float, float]

NAMES = [region.name for region in regions()]
CENTRES = raster_points()[region_points().reshape(-1, 4)].mean(axis=1)
LIGHT, DARK = (150.0, 112.0, 150.0), (50.0, 122.0, 136.0)  # luma, Cb, Cr of skin
BLUE, WHITE, BLACK = (150.0, 150.0, 105.0), (220.0, 128.0, 128.0), (8.0, 128.0, 128.0)
BELOW, EYES, CHIN = 155, (90, 135), 190  # rows of the raster
NOISE = np.random.Generator(np.random.SFC64(4)).normal(0, 2.5, (RASTER_HEIGHT_PX, RASTER_WIDTH_PX))


def told(
    patches: list[tuple[tuple[int, int], Colour]],
    *,
    skin: Colour = LIGHT,
    still: tuple[int, int] | None = None,
    stands: bool = False,
    seconds: tuple[float, float] = (0.0, 9.5),
) -> set[str]:
    """Windows of 9.5 s that are something else for most of it; patches are rows of the face from and to, coloured."""
    looks, first = BareSkin(), None
    times = np.arange(0.0, 9.5, 0.5)
    for k, time_s in enumerate(times):
        planes = np.stack([np.full(NOISE.shape, value) for value in skin])
        for (top, bottom), colour in patches:
            if seconds[0] <= time_s < seconds[1]:
                planes[:, top:bottom] = np.array(colour)[:, None, None]
        planes[0] += 0 if stands else np.roll(NOISE, 7 * k, axis=1)
        whole: NDArray[np.uint8] = np.clip(np.rint(planes), 0, 255).astype(np.uint8)
        first = whole if first is None else first
        if still is not None:
            whole[:, still[0] : still[1]] = first[:, still[0] : still[1]]
        frame = Frame(index=k, time_s=float(time_s), luma=whole[0].copy(), chroma=whole[1:, ::2, ::2].copy())
        looks.look(frame, CENTRES, IDENTITY)
    found = looks.something_else(times).reshape(len(times), 2, -1).mean(axis=0) > 0.5
    assert (found[0] == found[1]).all()  # what was drawn reaches from side to side
    return {name for name, other in zip(NAMES, found[0], strict=True) if other}


@pytest.mark.parametrize("skin", [LIGHT, DARK])
def test_bare_skin_is_skin_in_any_tone(skin: Colour) -> None:
    assert told([], skin=skin) == set()


@pytest.mark.parametrize("skin", [LIGHT, DARK])
@pytest.mark.parametrize("colour", [BLUE, WHITE, BLACK])
def test_a_mask_covers_mouth_and_nose_and_leaves_the_eyes(skin: Colour, colour: Colour) -> None:
    found = told([((BELOW, 320), colour)], skin=skin)
    assert {*groups()["mouth"], *groups()["low"], "alar", "buccal"} <= found
    assert not found & {*groups()["brow"], "upper_lid", "lower_lid", "outer_canthus"}


def test_a_beard_that_leaves_the_nose_free_is_no_mask() -> None:
    assert told([((CHIN, 320), WHITE)]) == set()


def test_cloth_of_another_hue_over_the_chin_is_told() -> None:
    assert "chin" in told([((CHIN, 320), BLUE)])


def test_a_bar_over_the_eyes_is_told() -> None:
    found = told([(EYES, BLACK)])
    assert {"upper_lid", "lower_lid", "outer_canthus"} <= found
    assert not found & {*groups()["mouth"], *groups()["low"]}


def test_a_hand_of_two_seconds_in_another_colour_is_no_mask() -> None:
    assert told([((BELOW, 320), BLUE)], seconds=(3.0, 5.0)) == set()


def test_a_film_without_colour_says_nothing_by_it() -> None:
    assert told([((BELOW, 320), WHITE)], skin=(150.0, 128.0, 128.0)) == set()


def test_a_tile_that_stands_still_while_the_rest_goes_on_is_no_skin() -> None:
    found = told([], still=(CHIN, 320))
    assert {"chin", "lower_lip"} <= found
    assert not found & {*groups()["eye"], *groups()["brow"]}


def test_a_picture_that_stands_still_altogether_is_not_a_tile() -> None:
    assert told([], stands=True) == set()
