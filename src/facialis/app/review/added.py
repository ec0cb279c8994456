"""Events that a person added: which parts of the face they may name, and what was measured in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facialis.app.review.standing import Added
from facialis.core.knowledge import wording
from facialis.core.records import SIDES, Event, Motion
from facialis.measure.events.shape import WINDOW_GAIN
from facialis.report.drawing.anatomy import face_map, plain_name

__all__ = ["BY_HAND", "PARTS", "event_of", "muscles_named", "part_name", "part_of"]

PARTS = (
    "orbicularis_oculi",
    "zygomaticus",
    "orbicularis_oris",
    "levator_labii",
    "mentalis",
    "corrugator",
    "frontalis",
    "platysma",
    "several",
)
"""Parts of the face by the keys 1 to 9, those that hemifacial spasm takes first in front."""
BY_HAND = "a person"
"""Who says that there is such an event."""
_SEVERAL = PARTS[:3]
_BESIDE_S = 0.5  # chosen: where the skin lay is read beside the event, as in `facialis.report.session.rest`; 0.3 - 1 s


def muscles_named(part: str) -> tuple[str, ...]:
    """The muscles of a part; eye, cheek and mouth where several were meant, none where no part was named."""
    return _SEVERAL if part == "several" else (part,) if part in PARTS else ()


def part_of(muscles: Sequence[str]) -> str:
    """The part that a person would name for these muscles."""
    known = [name for name in muscles if name in PARTS]
    return "several" if len(known) > 1 else "".join(known)


def part_name(part: str) -> str:
    """What a part is called in the language spoken."""
    return wording("app_part_several") if part == "several" else plain_name(part)


def event_of(added: Added, motion: Motion) -> Event:
    """An added event with its size as measured: the largest way of the skin named, from where it lay beside the event.

    Of skin that was not seen nothing was measured, and the size is 0.
    """
    start_s, stop_s = added.part.start_s, added.part.stop_s
    muscles = muscles_named(added.region)
    sizes, time_s = _sizes(motion, added, muscles)
    seen = np.isfinite(sizes)
    at = int(np.argmax(np.where(seen, sizes, -1.0))) if seen.any() else -1
    return Event(
        onset_s=start_s,
        duration_s=stop_s - start_s,
        trial_type=added.kind,
        side=added.side,
        regions=muscles,
        apex_s=float(np.clip(time_s[at], start_s, stop_s)) if at >= 0 else start_s,
        amplitude_iod=float(sizes[at]) if at >= 0 else 0.0,
        probability=1.0,
        detector=BY_HAND,
    )


def _sizes(motion: Motion, added: Added, muscles: tuple[str, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The size in IOD at each frame of the event, the largest over its skin; and the times in s."""
    time_s = motion.time_s
    first, last = np.searchsorted(time_s, [added.part.start_s, added.part.stop_s])
    before, after = np.searchsorted(time_s, [added.part.start_s - _BESIDE_S, added.part.stop_s + _BESIDE_S])
    of = face_map().muscles
    which = [r for r, name in enumerate(motion.regions) if not muscles or of.get(name) in muscles]
    moved = motion.displacement_iod[before:after, SIDES.index(added.side)][:, which]
    beside = np.concatenate([moved[: first - before], moved[last - before :]])
    known = np.isfinite(beside).any(axis=0)
    rest = np.where(known, np.nanmedian(np.where(known, beside, 0.0), axis=0), np.nan) if len(beside) else np.nan
    way = WINDOW_GAIN * np.linalg.norm(moved[first - before : last - before] - rest, axis=-1)
    if not way.size:
        return np.zeros(0), time_s[first:last]
    filled = np.where(np.isfinite(way), way, -1.0).max(axis=1)
    return np.where(filled < 0, np.nan, filled), time_s[first:last]
