"""From the time stamps a container carries to times that rise strictly.

Stamps are what the camera knew about when a picture was taken; they are kept wherever they make sense. They do not
always: see `steady_times` for what is done with missing, repeated, backward and absurd ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Interval

__all__ = ["Rhythm", "rhythm_of", "seconds_of", "steady_times"]

T = TypeVar("T")

_BACK_S: Final = 1.0  # chosen: disorder stays within a group of pictures, a restarted clock goes further; 0.5 - 5 s
_LEAP_S: Final = 60.0  # chosen: longer than any hole a camera leaves by itself; 10 - 600 s changes nothing
_GAP_INTERVALS: Final = 3.0  # chosen: two pictures lost in a row are not a gap, more are; 2.5 - 4
_GAP_S: Final = 0.15  # chosen: as long as a short twitch, so one could hide in it; 0.1 - 0.2 s
_OFF_BEAT: Final = 0.10  # chosen: share of the median interval by which steady cameras never stray; 0.07 - 0.2
_SAME_BEAT: Final = 0.5  # chosen: intervals this near the median are one frame, not two; 0.3 - 0.7


def seconds_of(text: str) -> float | None:
    """Seconds of a ``HH:MM:SS.fraction`` (Matroska's DURATION tag of a track), None if it is none."""
    try:
        hours, minutes, seconds = text.split(":")
        return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
    except ValueError:
        return None


def steady_times(items: Iterable[tuple[float | None, T]], interval_s: float) -> Iterator[tuple[float, T]]:
    """Give each item a time in seconds from the first item; times rise strictly.

    Parameters
    ----------
    items
        Pairs of a time stamp in seconds (None where the container has none) and anything else, in the order in which
        they are shown.
    interval_s
        The interval to assume between pictures until one has been seen.

    Yields
    ------
    The time and the other half of the pair. Items are left out, never moved in order:

    - A missing stamp is taken as one interval (the last ordinary one) after the item before.
    - A stamp equal to the last, or before it by less than a second, is a duplicate or disorder: the item is dropped.
    - A stamp that goes back by more than a second is a clock that was restarted (joined files): that item follows one
      interval after the last, and all later ones keep their distance from it.
    - A stamp more than a minute ahead is believed only if the next item agrees with it; otherwise (one damaged stamp,
      or the last item) the item is dropped.
    """
    zero: float | None = None
    last = 0.0
    held: tuple[float, T] | None = None
    for stamp, what in items:
        if zero is None:
            zero = stamp if stamp is not None else 0.0
            yield 0.0, what
            continue
        time = stamp - zero if stamp is not None else last + interval_s
        if held is not None:
            if not last < time < held[0]:
                yield held
                last = held[0]
            held = None
        if time < last - _BACK_S:
            zero -= last + interval_s - time
            time = last + interval_s
        if time <= last:
            continue
        if time - last > _LEAP_S:
            held = (time, what)
            continue
        if time - last < 1.0:
            interval_s = time - last
        yield time, what
        last = time


@dataclass(frozen=True, kw_only=True)
class Rhythm:
    """How regularly pictures follow each other. ``rate_hz`` is the camera's own rate: lost pictures do not lower it."""

    median_interval_s: float
    interval_sd_s: float
    rate_hz: float
    variable: bool
    gaps: tuple[Interval, ...]

    @property
    def ordinary_s(self) -> float:
        """The longest interval between two pictures that is no gap."""
        return max(_GAP_INTERVALS * self.median_interval_s, _GAP_S)


def rhythm_of(time_s: NDArray[np.float64], tick_s: float = 0.0) -> Rhythm:
    """Describe rising times.

    Parameters
    ----------
    time_s
        At least two strictly rising times, shape (frames,).
    tick_s
        Resolution of the container's clock; intervals that differ by no more are equal.

    Returns
    -------
    The median interval; the standard deviation of all intervals that are no gap; the rate, one over the mean of those
    intervals that are within half of the median; whether any ordinary interval strays from the median by more than a
    tenth (and a tick); and the gaps, from the last picture before the hole to the first one after it, where that is
    longer than 0.15 s and than 3 median intervals.
    """
    steps = np.diff(time_s)
    median = float(np.median(steps))
    hole = (steps > _GAP_INTERVALS * median) & (steps > _GAP_S)
    ordinary = steps[~hole]
    single = ordinary[np.abs(ordinary - median) <= _SAME_BEAT * median]
    stray = np.abs(ordinary - median) > _OFF_BEAT * median + 1.01 * tick_s
    return Rhythm(
        median_interval_s=median,
        interval_sd_s=float(np.std(ordinary)) if ordinary.size else 0.0,
        rate_hz=1.0 / float(np.mean(single) if single.size else median),
        variable=bool(np.any(stray)),
        gaps=tuple(Interval(start_s=float(time_s[i]), stop_s=float(time_s[i + 1])) for i in np.flatnonzero(hole)),
    )
