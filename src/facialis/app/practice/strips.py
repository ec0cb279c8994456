"""The strip under a film for practice: what was put in on each side, beside the taps, over the time of the film."""

from __future__ import annotations

from collections.abc import Sequence

from facialis.core.knowledge import wording
from facialis.core.records import SPASM_KINDS, Event
from facialis.report.drawing.svg import Drawing, number

__all__ = ["draw_strip"]

_WIDTH, _NARROW = 620.0, 330.0
_LEFT, _RIGHT, _TOP, _LANE, _FOOT = 92.0, 14.0, 6.0, 24.0, 22.0
_LEAST = 3.0  # px; chosen: what is short stays to be seen; 2 - 4
_LANES = ("right", "left", "both", "taps")


def draw_strip(events: Sequence[Event], taps_s: Sequence[float], length_s: float, *, narrow: bool = False) -> Drawing:
    """A lane for each side of the person, one for what both sides do, and one for the taps.

    Parameters
    ----------
    events
        What was put in.
    taps_s
        When was tapped.
    length_s
        Of the film.
    narrow
        For a phone.
    """
    width = _NARROW if narrow else _WIDTH
    height = _TOP + _LANE * len(_LANES) + _FOOT
    out = Drawing(width, height, wording("app_practice_strip"), f"chart strip {'narrow' if narrow else 'wide'}")
    a_second = (width - _LEFT - _RIGHT) / length_s
    bottom = _TOP + _LANE * len(_LANES)
    for second in range(int(length_s) + 1):
        x = _LEFT + second * a_second
        out.line(x, _TOP, x, bottom, "grid")
        if second % (2 if narrow else 1) == 0:
            out.text(x, bottom + 15, f"{second} s" if second == 0 else str(second), "tick middle")
    for lane, name in enumerate(_LANES):
        out.text(_LEFT - 8, _TOP + _LANE * (lane + 0.5) + 4, wording(f"app_practice_lane_{name}"), "tick end")
    for event in events:
        top = _TOP + _LANE * _LANES.index(event.side) + 4
        kind = "rate-twitch" if event.trial_type in SPASM_KINDS else "rate-other"
        out.rect(_LEFT + event.onset_s * a_second, top, max(event.duration_s * a_second, _LEAST), _LANE - 8, kind)
    for tap_s in taps_s:
        x, y = _LEFT + min(tap_s, length_s) * a_second, _TOP + _LANE * (_LANES.index("taps") + 0.5)
        out.add("circle", cx=number(x), cy=number(y), r="4.5", class_="rate-dot")
    # Where the film stands: moved by the script of the page.
    out.add(
        "path",
        d=f"M{number(_LEFT)} {number(_TOP)}V{number(bottom)}",
        class_="rate-now",
        data_second=f"{a_second:.3f}",
    )
    return out
