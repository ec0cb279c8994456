"""Progress over the stages of one recording: the share of each stage becomes the share of the whole."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["UNDATED", "Stages"]

UNDATED = "undated"
"""No stage: said before measuring begins, of a film that does not know its day and of which nobody has said it."""

# How much of the time that is left when a stage begins it takes; measured on half a minute of 640 x 640 pixels. Only
# the bar depends on it.
PART_OF_REST = {
    "preparing": 0.0,
    "looking for faces": 0.4,
    "measuring": 0.85,
    "measuring the larger face": 0.85,
    "finding events": 0.3,
}
USUAL_PART_OF_REST = 0.95


class Stages:
    """Turns shares of single stages into the share of the whole, which never falls.

    Called like any progress function, with a stage and the share (0-1) of it that is done; hands both on with the share
    of the whole.
    """

    def __init__(self, report: Callable[[str, float], None]) -> None:
        self._report = report
        self._stage = ""
        self._base = 0.0
        self._share = 0.0

    def __call__(self, stage: str, share: float) -> None:
        """Take note of the share of this stage, and report that of the whole."""
        if stage != self._stage:
            self._stage, self._base = stage, self._share
        part = PART_OF_REST.get(stage, USUAL_PART_OF_REST)
        self._share = max(self._share, self._base + (1.0 - self._base) * part * min(share, 1.0))
        self._report(stage, self._share)
