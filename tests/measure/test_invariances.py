"""What must not matter does not: the mirror, the clock, the light, the size of the picture, where the face is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from facialis.core.records import Event, Session
from facialis.film.sources import FrameList, MirroredSource
from facialis.measure.session import measure_source
from tests.measure.pictures import Bytes, changed, frames, listed, measured, put_in, scaled, spasms

PICTURE = 1 / 30
OTHER = {"left": "right", "right": "left", "both": "both"}


def spread(result: Session) -> float:
    """How much the skin seems to move all the time, typical over windows."""
    moved = result.motion.displacement_iod
    return float(np.nanmedian(np.abs(np.diff(moved, axis=0))))


def clear(events: Sequence[Event]) -> list[Event]:
    """Spasms a person could see; whether the smallest are found may hang on a hundredth of a pixel."""
    return [event for event in spasms(events) if event.amplitude_iod >= 0.01]


def same(one: Sequence[Event], other: Sequence[Event], *, within_s: float = 1.1 * PICTURE) -> None:
    assert [(e.trial_type, e.side) for e in one] == [(e.trial_type, e.side) for e in other]
    for a, b in zip(one, other, strict=True):
        assert abs(a.onset_s - b.onset_s) <= within_s
        assert abs(a.apex_s - b.apex_s) <= within_s


@pytest.mark.parametrize("name", ["man", "woman"])
def test_in_a_mirror_the_sides_swap_and_all_else_is_the_same(name: str) -> None:
    plain = measured(name)
    mirror = measure_source(MirroredSource(listed(frames(name))))
    one, other = clear(plain.events), clear(mirror.events)
    assert [(e.trial_type, OTHER[e.side]) for e in one] == [(e.trial_type, e.side) for e in other]
    for a, b in zip(one, other, strict=True):
        assert abs(a.onset_s - b.onset_s) <= 1.1 * PICTURE
        assert abs(a.offset_s - b.offset_s) <= 1.5 * PICTURE
        assert a.trial_type == "tonic_spasm" or abs(a.apex_s - b.apex_s) <= 1.1 * PICTURE  # a plateau has no top
        assert b.amplitude_iod == pytest.approx(a.amplitude_iod, rel=0.15)
    blinks = [[e.apex_s for e in s.events if e.trial_type == "blink"] for s in (plain, mirror)]
    assert blinks[0] == pytest.approx(blinks[1], abs=1.1 * PICTURE)
    limits = [{(r.region, str(r.side)): r.limit_iod for r in s.limits if r.limit_iod} for s in (plain, mirror)]
    assert {(region, OTHER[side]) for region, side in limits[0]} == set(limits[1])
    ratio = [limits[1][region, OTHER[side]] / limit for (region, side), limit in limits[0].items()]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.25)


def test_a_clock_that_starts_later_changes_nothing() -> None:
    later = measure_source(listed(frames("man"), name="man", later_s=1234.5))
    for a, b in zip(measured("man").events, later.events, strict=True):
        assert (b.trial_type, b.side, b.regions) == (a.trial_type, a.side, a.regions)
        assert b.onset_s == pytest.approx(a.onset_s, abs=1e-6)
        assert b.apex_s == pytest.approx(a.apex_s, abs=1e-6)


def test_frames_before_the_recording_shift_onsets_by_their_length() -> None:
    """A second more of the first picture, in reverse order of what follows it, and everything happens later."""
    head = frames("man")[:25]
    ago = len(head) - 1
    made = listed([*head[:0:-1], *frames("man")], step_s=PICTURE)
    longer = spasms(measure_source(made).events)
    for event in put_in("man", "twitch"):
        at = event.apex_s + ago * PICTURE
        hits = [e for e in longer if abs(e.apex_s - at) <= 0.07]
        assert [e.side for e in hits] == [event.side]


@pytest.mark.parametrize(("gain", "offset"), [(0.7, 0.0), (0.8, 45.0)])
def test_brightness_and_contrast_leave_the_events(gain: float, offset: float) -> None:
    def dim(luma: Bytes) -> Bytes:
        return np.asarray(np.clip(np.rint(luma * gain + offset), 0, 255), np.uint8)

    other = measure_source(listed(changed("man", dim)))
    same(spasms(measured("man").events), spasms(other.events))


def test_light_that_changes_slowly_leaves_the_events_and_moves_nothing() -> None:
    pictures = frames("man")
    share = np.linspace(1.0, 0.65, len(pictures))
    made = [f.luma for f in pictures]
    dimmer = iter(np.rint(luma * s).astype(np.uint8) for luma, s in zip(made, share, strict=True))
    other = measure_source(listed(changed("man", lambda _luma: next(dimmer))))
    same(spasms(measured("man").events), spasms(other.events))
    assert spread(other) < 1.5 * spread(measured("man"))


@pytest.mark.parametrize("size_px", [400, 232])
def test_a_scaled_picture_keeps_events_and_their_size(size_px: int) -> None:
    one, other = (
        spasms(measured("man").events),
        spasms(measure_source(listed(scaled("man", size_px))).events),
    )
    same(one, other)
    ratio = [b.amplitude_iod / a.amplitude_iod for a, b in zip(one, other, strict=True)]
    assert np.median(ratio) == pytest.approx(1.0, abs=0.1)
    assert max(np.abs(np.log(ratio))) < 0.2


def test_where_the_face_is_in_the_picture_does_not_matter() -> None:
    """More wall on one side and above, by an odd number of pixels."""

    def wider(luma: Bytes) -> Bytes:
        return np.pad(luma, ((31, 0), (0, 57)), mode="edge")

    made = [f.luma for f in changed("man", wider)]
    source = FrameList([f.time_s for f in frames("man")], made)
    one, other = spasms(measured("man").events), spasms(measure_source(source).events)
    same(one, other)
    assert [b.amplitude_iod for b in other] == pytest.approx([a.amplitude_iod for a in one], rel=0.15)
