"""Pictures of one twitch of the calmest and of the liveliest recording, cut from the films of their reports."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import cv2
import numpy as np

from facialis.core.casefile import SessionRow

__all__ = ["Strip", "find_strips"]

_PICTURES = 6  # chosen: from before a twitch to after it; 4 - 6 fit beside each other
_MOST_BYTES = 30_000_000  # chosen: a report is a megabyte; what is far larger is none; 10 - 100 MB
_FILM = re.compile(r"\.film-(\d+)\{background-image:url\(data:image/(?:jpeg|png);base64,([A-Za-z0-9+/=]+)\)\}")
_TILES = re.compile(r"--n:(\d+);--w:(\d+)px;--h:(\d+)px")


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A few pictures of one twitch side by side as one JPEG; ``best``: of the calmest recording."""

    day: date
    best: bool
    jpeg: bytes
    width_px: int
    height_px: int

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode("ascii")


def find_strips(folder: Path, sessions: Sequence[SessionRow]) -> tuple[Strip, ...]:
    """Strips of the calmest and the liveliest session that have a film; empty where no session was filmed.

    Only result folders in ``folder/sessions`` have films; what cannot be read is passed over, since a page without
    pictures is better than none.
    """
    filmed = [row for row in sessions if (folder / "sessions" / row.name / "report.html").is_file()]
    order = sorted(filmed, key=lambda row: (row.rate_per_min, row.day))
    strips: list[Strip] = []
    for best, rows in ((False, order[::-1]), (True, order)):
        for row in rows:
            if strips and strips[0].day == row.day:
                continue
            strip = _strip(folder / "sessions" / row.name / "report.html", row.day, best=best)
            if strip is not None:
                strips.append(strip)
                break
    return tuple(strips[::-1])


def _strip(page: Path, day: date, *, best: bool) -> Strip | None:
    try:
        if page.stat().st_size > _MOST_BYTES:
            return None
        text = page.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    films = list(_FILM.finditer(text))
    if not films:
        return None
    film = films[len(films) // 2]
    place = text.find(f"film-{film[1]}", text.find("</style>"))
    sizes = list(_TILES.finditer(text, 0, max(place, 0)))
    coded = np.frombuffer(base64.b64decode(film[2]), np.uint8)
    picture = cv2.imdecode(coded, cv2.IMREAD_COLOR)
    if picture is None or not sizes:
        return None
    count, wide, high = (int(part) for part in sizes[-1].groups())
    if picture.shape[1] < count * wide or picture.shape[0] < high or not count:
        return None
    chosen = np.unique(np.linspace(0, count - 1, min(_PICTURES, count)).round().astype(int))
    joined = np.concatenate([picture[:high, k * wide : (k + 1) * wide] for k in chosen], axis=1)
    good, jpeg = cv2.imencode(".jpg", joined, [cv2.IMWRITE_JPEG_QUALITY, 80])
    if not good:
        return None
    return Strip(day=day, best=best, jpeg=bytes(jpeg), width_px=joined.shape[1], height_px=joined.shape[0])
