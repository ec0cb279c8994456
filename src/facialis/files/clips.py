"""Films of events: ``clips/`` in a result folder, a strip of tiles a film and one index, written and read back.

A result folder may come from somebody else, so nothing in it is trusted when it is read: no name of the index leads
anywhere, and nothing is taken that is larger than a film can be or that is not what the index says.
"""

from __future__ import annotations

import json
import math
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from facialis.core.errors import FormatError, RecordError
from facialis.core.messages import said
from facialis.core.reading import read_bytes

__all__ = ["CLIP_FILES", "FORMAT_VERSION", "INDEX", "Clip", "Mime", "read_clips", "write_clips"]

Mime = Literal["image/jpeg", "image/png"]

FORMAT_VERSION = 1
INDEX = "clips/clips.json"

_SUFFIXES: Mapping[Mime, str] = {"image/jpeg": "jpg", "image/png": "png"}
_DIGITS = 3  # of an event's number in a file name; chosen: few recordings have a thousand events; 2 - 6
_MOST_DIGITS = 6
CLIP_FILES = frozenset(
    f"clips/event-{'[0-9]' * digits}.{suffix}"
    for digits in range(_DIGITS, _MOST_DIGITS + 1)
    for suffix in _SUFFIXES.values()
)
"""Patterns of the names that films have, as paths in the result folder."""

_MOST_CLIPS = 200  # chosen: a report has 27; 50 - 1000
_MOST_TILES = 400  # chosen: a film has 24; 100 - 1000
_MOST_TILE_PX = 1000  # chosen: a tile is 120 wide; 300 - 2000
_MOST_STRIP_PX = 20_000_000  # chosen: a strip has a million pixels, and is held in memory when shown; 5 - 50 million
_MOST_INDEX_BYTES = 1_000_000  # chosen: an index has 10,000; 100,000 - 10 million
_MOST_BYTES = 30_000_000  # chosen: the films of a report have a million together; 10 - 100 million


@dataclass(frozen=True, kw_only=True)
class Clip:
    """The film of one event: ``tiles`` pictures side by side; a second row below holds the magnified ones.

    ``event`` is the event's place in ``Session.events``, from 0. Where ``factor`` is 1 there is no second row.
    ``start_s`` and ``stop_s`` are the times of the first and the last tile; ``onset_tile``, ``apex_tile`` and
    ``offset_tile`` are places in the strip, from 0. Without ``faces`` the tiles hold the drawn outline only.

    Raises
    ------
    RecordError
        A value is out of its range.
    """

    event: int
    image: bytes
    mime: Mime
    tiles: int
    tile_width_px: int
    tile_height_px: int
    start_s: float
    stop_s: float
    onset_tile: int
    apex_tile: int
    offset_tile: int
    factor: int
    faces: bool

    def __post_init__(self) -> None:
        _need(0 <= self.event < 10**_MOST_DIGITS - 1, "event")
        _need(self.mime in _SUFFIXES, "mime")
        _need(1 <= self.tiles <= _MOST_TILES, "tiles")
        _need(1 <= self.tile_width_px <= _MOST_TILE_PX, "tile_width_px")
        _need(1 <= self.tile_height_px <= _MOST_TILE_PX, "tile_height_px")
        _need(self.width_px * self.height_px <= _MOST_STRIP_PX, "tiles")
        _need(math.isfinite(self.start_s) and math.isfinite(self.stop_s) and self.start_s <= self.stop_s, "stop_s")
        _need(0 <= self.onset_tile <= self.apex_tile <= self.offset_tile < self.tiles, "apex_tile")
        _need(self.factor >= 1, "factor")

    @property
    def width_px(self) -> int:
        """Width of the strip."""
        return self.tiles * self.tile_width_px

    @property
    def height_px(self) -> int:
        """Height of the strip: one row of tiles, or two."""
        return (1 if self.factor == 1 else 2) * self.tile_height_px


def _need(right: bool, name: str) -> None:
    if not right:
        raise RecordError(f"{name} of a film is out of range")


def write_clips(clips: Iterable[Clip], folder: Path) -> None:
    """Write ``clips/`` into a result folder: a file a film, and the index, which is there without films too.

    Raises
    ------
    OSError
        A file cannot be written.
    """
    rows = []
    for clip in clips:
        place = folder / "clips" / _name(clip.event, clip.mime)
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(clip.image)
        rows.append(
            {
                "event_number": clip.event + 1,
                "file": place.name,
                "faces": clip.faces,
                "tiles": clip.tiles,
                "tile_width_px": clip.tile_width_px,
                "tile_height_px": clip.tile_height_px,
                "start_s": clip.start_s,
                "stop_s": clip.stop_s,
                "onset_tile": clip.onset_tile,
                "apex_tile": clip.apex_tile,
                "offset_tile": clip.offset_tile,
                "factor": clip.factor,
            }
        )
    text = json.dumps({"format_version": FORMAT_VERSION, "clips": rows}, indent=2, allow_nan=False)
    index = folder / INDEX
    index.parent.mkdir(exist_ok=True)
    index.write_bytes((text + "\n").encode("utf-8"))


def _name(event: int, mime: Mime) -> str:
    return f"event-{event + 1:0{_DIGITS}d}.{_SUFFIXES[mime]}"


def read_clips(folder: Path) -> tuple[Clip, ...]:
    """The films in a result folder, in the order of their events.

    A folder without the index has no films, as results of earlier versions. A film whose file was deleted is left out.

    Raises
    ------
    FormatError
        The index is of another format version or breaks its schema; or a file is a link, larger than a film can be, or
        no picture of the size that the index says.
    OSError
        A file cannot be read.
    """
    try:
        content = json.loads(_read(folder / INDEX, _MOST_INDEX_BYTES))
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except (ValueError, RecursionError) as error:
        raise FormatError(**said("clips_not_json", name=INDEX)) from error
    found = content.get("format_version") if isinstance(content, dict) else None
    if type(found) is int and found > FORMAT_VERSION:
        raise FormatError(**said("clips_newer", name=INDEX), code="newer")
    if type(found) is not int or found != FORMAT_VERSION:
        raise FormatError(**said("clips_version", name=INDEX, known=FORMAT_VERSION))
    rows = content.get("clips")
    if not isinstance(rows, list) or len(rows) > _MOST_CLIPS:
        raise FormatError(**said("clips_many", name=INDEX, most=_MOST_CLIPS))
    clips: dict[int, Clip] = {}
    left_bytes = _MOST_BYTES
    for row in rows:
        try:
            clip = _clip(row, folder, left_bytes)
        except FileNotFoundError:
            continue
        except (KeyError, TypeError, ValueError, OverflowError, RecordError) as error:
            raise FormatError(**said("clips_schema", name=INDEX)) from error
        if clip.event in clips:
            raise FormatError(**said("clips_twice", name=INDEX, number=clip.event + 1))
        clips[clip.event] = clip
        left_bytes -= len(clip.image)
    return tuple(clips[event] for event in sorted(clips))


def _clip(row: Mapping[str, Any], folder: Path, most_bytes: int) -> Clip:
    def whole(key: str) -> int:
        value = row[key]
        if type(value) is not int:
            raise TypeError(f"{key} is no whole number")
        return value

    def number(key: str) -> float:
        value = row[key]
        if type(value) not in (int, float):
            raise TypeError(f"{key} is no number")
        return float(value)

    if not isinstance(row, dict) or type(row["faces"]) is not bool:
        raise TypeError("no film")
    event = whole("event_number") - 1
    mime = next((mime for mime in _SUFFIXES if row["file"] == _name(event, mime)), None)
    if mime is None or event < 0:
        raise TypeError("file is not the name of its event")
    # The name is made here, from a number: what stands in the index is compared and never opened.
    image = _read(folder / "clips" / _name(event, mime), most_bytes)
    clip = Clip(
        event=event,
        image=image,
        mime=mime,
        tiles=whole("tiles"),
        tile_width_px=whole("tile_width_px"),
        tile_height_px=whole("tile_height_px"),
        start_s=number("start_s"),
        stop_s=number("stop_s"),
        onset_tile=whole("onset_tile"),
        apex_tile=whole("apex_tile"),
        offset_tile=whole("offset_tile"),
        factor=whole("factor"),
        faces=row["faces"],
    )
    if _size_px(image, mime) != (clip.width_px, clip.height_px):
        raise FormatError(**said("clip_size", file=_name(event, mime), name=INDEX))
    return clip


def _read(path: Path, most_bytes: int) -> bytes:
    """The bytes of an ordinary file in an ordinary folder; FormatError where it is a link or larger."""
    status = path.lstat()
    if path.parent.is_symlink() or not stat.S_ISREG(status.st_mode):
        raise FormatError(**said("clip_link", file=f"clips/{path.name}"))
    if status.st_size > most_bytes:
        raise FormatError(**said("clip_large", file=f"clips/{path.name}"))
    return read_bytes(path, most_bytes, follow=False)


def _size_px(image: bytes, mime: Mime) -> tuple[int, int] | None:
    """Width and height as the head of a picture says them, before anything decodes it; None where it says neither."""
    if mime == "image/png":
        if image[:8] != b"\x89PNG\r\n\x1a\n" or image[12:16] != b"IHDR" or len(image) < 24:
            return None
        return int.from_bytes(image[16:20], "big"), int.from_bytes(image[20:24], "big")
    if image[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(image):
        mark, kind = image[at], image[at + 1]
        length = int.from_bytes(image[at + 2 : at + 4], "big")
        # Segments that may stand before the frame's head have a length (ITU-T T.81, B.1.1.3); the scan comes after it.
        if mark != 0xFF or not 0xC0 <= kind <= 0xFE or 0xD0 <= kind <= 0xDA or length < 2:
            return None
        if kind <= 0xCF and kind not in (0xC4, 0xC8, 0xCC):  # the frame's head; these three are no frame
            return int.from_bytes(image[at + 7 : at + 9], "big"), int.from_bytes(image[at + 5 : at + 7], "big")
        at += 2 + length
    return None
