"""A stretch of a film as a film of its own, without anything else of the recording."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf

from facialis.core.records import Frame, Recording
from facialis.film.sources import Declared, FrameSource

__all__ = ["CutSource"]


class CutSource:
    """Pictures of a stretch, with times from its beginning; as a `facialis.film.sources.FrameSource`.

    Parameters
    ----------
    whole
        The film.
    start_s, stop_s
        The stretch, in seconds of the film; ``stop_s`` may lie behind its end.
    """

    declared: Declared

    def __init__(self, whole: FrameSource, start_s: float, stop_s: float) -> None:
        self._whole, self._start_s, self._stop_s = whole, start_s, stop_s
        length_s = whole.declared.duration_s
        if length_s is not None:
            length_s = max(0.0, min(stop_s, length_s) - start_s)
        self.declared = replace(whole.declared, duration_s=length_s, frames=None, recorded_at=None, first_s=0.0)

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``, of the stretch."""
        first_s, last_s = self._start_s + start_s, min(self._stop_s, self._start_s + stop_s)
        for number, frame in enumerate(self._whole.frames(first_s, last_s)):
            yield replace(frame, index=number, time_s=frame.time_s - self._start_s)

    @property
    def recording(self) -> Recording:
        """The facts of the whole."""
        return self._whole.recording
