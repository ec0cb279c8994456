"""The ring holds a few pictures of any size, and its memory is bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facialis.core.settings import DecodeLimits
from facialis.film.protocol import Layout

SIZES = st.integers(1, 4000)


@given(SIZES, SIZES)
def test_a_slot_holds_luma_and_rounded_up_chroma(width: int, height: int) -> None:
    layout = Layout(width, height)
    assert layout.luma_shape == (height, width)
    assert layout.chroma_shape == (2, -(-height // 2), -(-width // 2))
    assert layout.slot_bytes == width * height + 2 * layout.chroma_shape[1] * layout.chroma_shape[2]


@given(SIZES, SIZES)
def test_the_ring_is_bounded(width: int, height: int) -> None:
    layout = Layout(width, height)
    assert 3 <= layout.slots <= 16
    if width * height <= DecodeLimits().pixels:
        assert layout.slots * layout.slot_bytes <= 64 << 20
