"""Near misses: moments that the detector saw and did not tell, the likeliest first."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from facialis.core.records import SIDES, Event, Session, Side
from facialis.core.settings import EventSettings
from facialis.measure.events.candidates import Candidate
from facialis.measure.events.decision import detect
from facialis.measure.events.neighbours import probabilities
from facialis.measure.events.shape import Shape

__all__ = ["Miss", "misses_in", "near_misses"]

_MOST = 40  # chosen: more are looked through by nobody; 20 - 100
_LEAST = 0.05  # chosen: below it one in twenty, mostly noise; 0.02 - 0.1


@dataclass(frozen=True, kw_only=True)
class Miss:
    """A moment, in s from the first frame, with its side, muscles, size in IOD, and probability of being a twitch."""

    onset_s: float
    offset_s: float
    side: Side
    regions: tuple[str, ...]
    amplitude_iod: float
    probability: float

    @property
    def key(self) -> str:
        """A name that stays the same as long as the detector does."""
        return f"miss {self.onset_s:.6f} {self.side}"


def near_misses(session: Session) -> list[dict[str, Any]]:
    """Candidates of a session below the bound, apart from all that was told; as rows that can be kept.

    Found again from the signals, which always suffice. Takes as long as finding the events did.
    """
    found = detect(session.motion, _settings(session), "")
    peaks = [peak for part in found.candidates for peak in part.peaks]
    rows = [
        _row(peak, peak.shape, float(probability))
        for peak, probability in zip(peaks, probabilities(peaks), strict=True)
        if peak.shape is not None and probability >= _LEAST
    ]
    kept: list[Miss] = []
    for row in sorted(rows, key=lambda item: -item.probability):
        if not any(_meet(row, event) for event in session.events) and not any(_same(row, other) for other in kept):
            kept.append(row)
    return [vars(row) | {"regions": list(row.regions)} for row in kept[:_MOST]]


def misses_in(rows: list[dict[str, Any]] | None) -> tuple[Miss, ...]:
    """Near misses as they were kept; none where they have not been looked for, or are of another form."""
    with suppress(TypeError, KeyError):
        return tuple(Miss(**{**row, "regions": tuple(row["regions"])}) for row in rows or ())
    return ()


def _settings(session: Session) -> EventSettings:
    used = session.provenance.settings.get("events")
    with suppress(TypeError, ValueError):
        return EventSettings(**used)  # type: ignore[arg-type]
    return EventSettings()


def _row(peak: Candidate, shape: Shape, probability: float) -> Miss:
    return Miss(
        onset_s=round(shape.onset_s, 6),
        offset_s=round(shape.offset_s, 6),
        side=SIDES[peak.side],
        regions=shape.muscles,
        amplitude_iod=round(shape.amplitude_iod, 6),
        probability=round(probability, 4),
    )


def _meet(row: Miss, event: Event) -> bool:
    return row.onset_s < event.offset_s and event.onset_s < row.offset_s


def _same(row: Miss, other: Miss) -> bool:
    return row.side == other.side and row.onset_s < other.offset_s and other.onset_s < row.offset_s
