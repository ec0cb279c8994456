"""Planes that a decoder stored in the range of television come out in full range, by the standards' formulas."""

from __future__ import annotations

import mmap

import numpy as np
import pytest

from facialis.film.child import _planes
from facialis.film.protocol import Layout


@pytest.mark.parametrize("slot", [0, 2])
def test_every_grey_level_is_stretched_as_the_standards_say(slot: int) -> None:
    layout = Layout(256, 34)
    levels = np.tile(np.arange(256, dtype=np.uint8), 34)
    chroma = np.resize(levels, layout.slot_bytes - layout.luma_bytes)
    with mmap.mmap(-1, layout.slot_bytes * 3) as shared:
        start = slot * layout.slot_bytes
        shared[start : start + layout.slot_bytes] = np.concatenate([levels, chroma]).tobytes()
        luma, colour = _planes(shared, slot, layout, full=False)
        same, same_colour = _planes(shared, slot, layout, full=True)
    # ITU-R BT.601 and BT.709: luma 16 - 235, chroma 16 - 240 round 128
    wanted = np.clip(np.round((np.arange(256) - 16.0) * 255 / 219), 0, 255)
    assert (luma == np.tile(wanted, (34, 1))).all()
    wanted = np.clip(np.round((chroma - 128.0) * 255 / 224 + 128), 0, 255)
    assert (colour.ravel() == wanted).all()
    assert (same.ravel() == levels).all()
    assert (same_colour.ravel() == chroma).all()
