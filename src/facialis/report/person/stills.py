"""Pictures of one twitch of the calmest and of the liveliest recording, cut from the films beside their reports."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from facialis.core.errors import FormatError
from facialis.core.person.casefile import SessionRow
from facialis.core.records import SPASM_KINDS, Event
from facialis.files.clips import INDEX, Clip, read_clips
from facialis.files.events import read_events

__all__ = ["Strip", "find_strips"]

_PICTURES = 6  # chosen: from before a twitch to after it; 4 - 6 fit beside each other


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A few pictures of one spasm side by side as one JPEG; ``best``: of the calmest recording."""

    day: date
    best: bool
    jpeg: bytes
    width_px: int
    height_px: int
    kind: str = "twitch"
    side: str = "both"

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode("ascii")


def find_strips(folder: Path, sessions: Sequence[SessionRow]) -> tuple[Strip, ...]:
    """Strips of the calmest and the liveliest session that have a film; empty where no session was filmed.

    Only result folders in ``folder/sessions`` have films; what cannot be read is passed over, since a page without
    pictures is better than none.
    """
    able = [row for row in sessions if not row.saw_nothing]  # what could show nothing is not the calmest
    order = sorted(_filmed(folder / "sessions", able), key=lambda row: (row.rate_per_min, row.day))
    strips: list[Strip] = []
    for best, rows in ((False, order[::-1]), (True, order)):
        for row in rows:
            if strips and strips[0].day == row.day:
                continue
            strip = _strip(folder / "sessions" / row.name, row.day, best=best)
            if strip is not None:
                strips.append(strip)
                break
    return tuple(strips[::-1])


def _filmed(place: Path, sessions: Sequence[SessionRow]) -> list[SessionRow]:
    """Sessions that were read from a folder here. A row of ``sessions.csv`` has no film, whatever it is named."""
    try:
        there = {path.name for path in place.iterdir() if (path / INDEX).is_file()}
    except OSError:
        return []
    return [row for row in sessions if row.revision is not None and row.name in there]


def _strip(result: Path, day: date, *, best: bool) -> Strip | None:
    try:
        clips = read_clips(result)
    except (FormatError, OSError):
        return None
    try:
        events = read_events(result / "events.tsv")
    except (FormatError, OSError):
        return None
    shown = [clip for clip in clips if clip.event < len(events) and events[clip.event].trial_type in SPASM_KINDS]
    if not shown:
        return None
    blinks = [event for event in events if event.trial_type == "blink"]
    clip = max(shown, key=lambda clip: _plain(events[clip.event], blinks))
    event = events[clip.event]
    picture = cv2.imdecode(np.frombuffer(clip.image, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or picture.shape[:2] != (clip.height_px, clip.width_px):
        return None
    wide, high = clip.tile_width_px, clip.tile_height_px
    chosen = _tiles(clip)
    joined = np.concatenate([picture[:high, k * wide : (k + 1) * wide] for k in chosen], axis=1)
    good, jpeg = cv2.imencode(".jpg", joined, [cv2.IMWRITE_JPEG_QUALITY, 80])
    if not good:
        return None
    return Strip(
        day=day,
        best=best,
        jpeg=bytes(jpeg),
        width_px=joined.shape[1],
        height_px=joined.shape[0],
        kind=event.trial_type,
        side=event.side,
    )


def _plain(event: Event, blinks: Sequence[Event]) -> tuple[bool, bool, float, float]:
    """How plainly an event is a spasm and no blink: none at the same time, more than the eye, sure, and large."""
    alone = all(blink.offset_s <= event.onset_s or event.offset_s <= blink.onset_s for blink in blinks)
    beyond = bool(set(event.regions) - {"orbicularis_oculi"})
    return alone, beyond, round(event.probability, 1), event.amplitude_iod


def _tiles(clip: Clip) -> list[int]:
    """From before the spasm over its apex to after it; evenly through the film where the spasm is shorter than that."""
    last, onset, apex, offset = clip.tiles - 1, clip.onset_tile, clip.apex_tile, clip.offset_tile
    wanted = {max(onset - 2, 0), onset, (onset + apex) // 2, apex, (apex + offset + 1) // 2, min(offset + 2, last)}
    for tile in sorted(range(clip.tiles), key=lambda tile: abs(tile - apex)):
        if len(wanted) >= min(_PICTURES, clip.tiles):
            break
        wanted.add(tile)
    return sorted(wanted)
