"""When and how a recording was taken: what the person says, and the calendar day that follows from the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from facialis.core.errors import SettingsError
from facialis.core.messages import said

__all__ = ["Filmed", "Occasion", "Told", "occasion_of", "time_zone_of"]

Filmed = Literal["planned", "caught"]
Day = date
Clock = time


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a person says of a recording, because its file does not know it.

    ``day`` it was filmed, where the file has none or a wrong one. ``mirrored``: left and right are swapped in it, as in
    a mirror. ``filmed``: planned, or caught because the spasm was bad just then; None: nobody has said. ``time_zone``:
    where it was filmed, a name like ``Europe/Berlin`` or an offset like ``+02:00``; None: the zone of this computer.
    ``alone``: nobody else was in the room. ``as_filmed``: the file is as the camera wrote it, not made smaller on its
    way. ``time``: of the person's own clock. Each None: nobody has said.
    """

    day: Day | None = None
    mirrored: bool = False
    filmed: Filmed | None = "planned"
    time_zone: str | None = None
    alone: bool | None = None
    as_filmed: bool | None = None
    time: Clock | None = None

    def __post_init__(self) -> None:
        if self.filmed is not None and self.filmed not in get_args(Filmed):
            raise SettingsError(**said("setting_filmed", value=repr(self.filmed)))
        if self.time_zone is not None:
            time_zone_of(self.time_zone)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """When and how a recording was taken, as it is kept with the result.

    ``date`` is the person's own calendar day, None where nobody knows it. ``date_from``: ``given`` by the person,
    ``film`` (the file has the local time) or ``film_utc`` (the file has the moment in UTC, and ``utc_offset`` turned it
    into a day). The rest is what the person said; see `Told`. ``time`` is hours and minutes: ``07:30``.
    """

    date: Day | None = None
    date_from: Literal["given", "film", "film_utc"] | None = None
    utc_offset: str | None = None
    time_zone: str | None = None
    mirrored: bool = False
    filmed: Filmed | None = "planned"
    alone: bool | None = None
    as_filmed: bool | None = None
    time: str | None = None


def occasion_of(told: Told, recorded_at: str | None, *, local: bool) -> Occasion:
    """Put together what the person says and what the file says.

    Parameters
    ----------
    told
        What the person says; a day that is given goes before the file's.
    recorded_at
        The moment in the file, ISO 8601; None where it has none.
    local
        Whether that is the local time of the place where it was filmed.

    Returns
    -------
    The occasion. A moment in UTC becomes a day in the zone that was given, else in that of this computer.
    """
    kept = Occasion(
        time_zone=told.time_zone,
        mirrored=told.mirrored,
        filmed=told.filmed,
        alone=told.alone,
        as_filmed=told.as_filmed,
        time=None if told.time is None else f"{told.time:%H:%M}",
    )
    if told.day is not None:
        return _dated(kept, told.day, "given")
    if recorded_at is None:
        return kept
    moment = datetime.fromisoformat(recorded_at)
    if local or moment.tzinfo is None:
        return _dated(kept, moment.date(), "film")
    there = moment.astimezone(None if told.time_zone is None else time_zone_of(told.time_zone))
    return _dated(kept, there.date(), "film_utc", there.isoformat()[-6:])


def _dated(
    kept: Occasion, day: Day, source: Literal["given", "film", "film_utc"], utc_offset: str | None = None
) -> Occasion:
    return replace(kept, date=day, date_from=source, utc_offset=utc_offset)


def time_zone_of(name: str) -> tzinfo:
    """A time zone by its name or its offset from UTC; SettingsError where there is none."""
    try:
        if name[:1] in "+-":
            offset = datetime.strptime(name, "%z").utcoffset() or timedelta()
            return timezone(offset) if offset else UTC
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise SettingsError(**said("time_zone", name=repr(name))) from None
