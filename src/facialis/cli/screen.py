"""Whether there is a screen on which a browser can be opened."""

from __future__ import annotations

import os
import sys

__all__ = ["screen_there"]


def screen_there() -> bool:
    """True if a person sits before a screen on which a browser can be opened."""
    if os.environ.get("CI") or not sys.stderr.isatty():
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
