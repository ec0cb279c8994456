"""How often a program may ask: a loop gone wrong must not hold up whoever looks at a page."""

from __future__ import annotations

import time
from threading import Lock

__all__ = ["MOST_A_MINUTE", "clear", "wait_s"]

MOST_A_MINUTE = 300
"""chosen: all of a clinic of 100 people within a minute; 60 - 1,000"""
_MINUTE_S = 60.0
_ASKED: dict[str, tuple[float, int]] = {}
_LOCK = Lock()


def wait_s(who: str) -> float:
    """Seconds that somebody has to wait, 0 where they may ask now, which counts.

    Parameters
    ----------
    who
        A name of the key or the account.
    """
    now_s = time.monotonic()
    with _LOCK:
        began_s, asked = _ASKED.get(who, (now_s, 0))
        if now_s - began_s >= _MINUTE_S:
            began_s, asked = now_s, 0
            for other in [key for key, (at_s, _) in _ASKED.items() if now_s - at_s >= _MINUTE_S]:
                del _ASKED[other]
        if asked >= MOST_A_MINUTE:
            return _MINUTE_S - (now_s - began_s)
        _ASKED[who] = began_s, asked + 1
    return 0.0


def clear() -> None:
    """Forget who asked: another casebook is open now."""
    with _LOCK:
        _ASKED.clear()
