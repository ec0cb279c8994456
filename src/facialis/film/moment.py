"""When a film was taken, by the tags of its container.

Containers hold the moment in UTC. Phones write the local time, or their distance from UTC, beside it: that of the place
where the film was taken, which nothing else knows.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Final

__all__ = ["Moment", "moment_of"]

_FIRST_YEAR: Final = 1990  # chosen: before there were digital cameras; 1971 - 1995
_LAST_YEAR: Final = 2200  # chosen: what is later is damage; 2100 - 9000
_LOCAL: Final = (
    "com.apple.quicktime.creationdate",  # QuickTime metadata key of Apple's cameras: local time with its offset
    "date",  # QuickTime user data ``©day``, which older ones write in the same way
)
_OFFSET: Final = "com.samsung.android.utc_offset"  # Samsung's key beside a moment in UTC
_CREATED: Final = "creation_time"


@dataclass(frozen=True)
class Moment:
    """The moment, ISO 8601, None where the file has none; and whether it is the local time of the place."""

    iso: str | None = None
    local: bool = False


def moment_of(tag: Callable[[str], str]) -> Moment:
    """The moment by a container's tags.

    Parameters
    ----------
    tag
        Gives the text of a tag by its name in lower case, empty where there is none.

    Returns
    -------
    The local time before the one in UTC. No moment where no clock had been set: containers count from 1904 or 1970.
    """
    for name in _LOCAL:
        # A day alone, or a year, is the date of a publication as often as that of the film.
        if (moment := _read(tag(name))) is not None and "T" in tag(name).upper().replace(" ", "T"):
            return Moment(moment.isoformat(), local=True)
    moment = _read(tag(_CREATED))
    if moment is None:
        return Moment()
    if moment.tzinfo is None:
        return Moment(moment.isoformat(), local=True)
    offset = re.fullmatch(r"([+-])(\d\d):?(\d\d)", tag(_OFFSET).strip())
    if offset is None:
        return Moment(moment.isoformat())
    away = timedelta(hours=int(offset[2]), minutes=int(offset[3])) * (-1 if offset[1] == "-" else 1)
    if abs(away) >= timedelta(days=1):
        return Moment(moment.isoformat())
    return Moment(moment.astimezone(timezone(away)).isoformat(), local=True)


def _read(text: str) -> datetime | None:
    """A time of day on a day after cameras were invented, None if it is none."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return moment if _FIRST_YEAR < moment.year < _LAST_YEAR else None
