"""How fast a film plays: slow motion is stored at an ordinary rate, with the rate of the camera beside it.

Android writes slow motion and time-lapse with stretched time stamps and the camera's own rate in the tag
``com.android.capture.fps``; ordinary films of the same phones carry the tag too. Apple's slow motion keeps real time
stamps and needs none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

__all__ = ["CAPTURE_TAG", "Speed", "speed_of"]

CAPTURE_TAG: Final = "com.android.capture.fps"
"""Android's key for the camera's rate, ``KEY_CAPTURE_RATE`` of MPEG4Writer (Android Open Source Project)."""

_SLOW: Final = 1.5  # chosen: two rates within this are one, told roughly; slow motion begins at 2; 1.3 - 1.8
_SLOW_HZ: Final = 48.0  # chosen: below it the camera took fewer pictures than promised for want of light; 40 - 55
_MOST_HZ: Final = 2000.0  # chosen: phones reach 960; 1000 - 10,000
_MOST_SLOW: Final = 80.0  # chosen: 960 stored at 24 is 40 times; 50 - 200
_WHOLE: Final = 0.03  # chosen: rates are told as whole numbers, and 120 at 29.97 is 4 times slower; 0.01 - 0.05


@dataclass(frozen=True, kw_only=True)
class Speed:
    """How time in a file relates to real time.

    ``factor``: seconds of the file per real second; above 1 slow motion, below 1 time-lapse. The rates are None where
    time is real. ``ignored``: the file names a rate of its camera that cannot be.
    """

    factor: float = 1.0
    capture_rate_hz: float | None = None
    playback_rate_hz: float | None = None
    ignored: bool = False


def speed_of(tag: str, playback_hz: float | None) -> Speed:
    """What a file's capture tag means.

    Parameters
    ----------
    tag
        The text of the tag; empty where there is none.
    playback_hz
        Pictures per second by the time stamps of the file; None where that is not known.

    Returns
    -------
    Real time if there is no tag, or if both rates are about the same, or if an ordinary camera took fewer pictures than
    it promised, as in the dark. Real time and ``ignored`` if the tag is no number, or not above zero, or beyond any
    camera.
    """
    if not tag.strip():
        return Speed()
    try:
        capture_hz = float(tag)
    except ValueError:
        return Speed(ignored=True)
    if not (math.isfinite(capture_hz) and 0 < capture_hz <= _MOST_HZ):
        return Speed(ignored=True)
    if playback_hz is None:
        return Speed(ignored=capture_hz >= _SLOW_HZ * _SLOW)
    factor = capture_hz / playback_hz
    if factor > _MOST_SLOW:
        return Speed(ignored=True)
    if 1 / _SLOW < factor < _SLOW or (factor >= _SLOW and capture_hz < _SLOW_HZ):
        return Speed()
    if abs(factor - round(factor)) <= _WHOLE * factor:
        factor = float(round(factor)) or factor
    return Speed(factor=factor, capture_rate_hz=capture_hz, playback_rate_hz=playback_hz)
