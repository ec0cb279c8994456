"""What goes along with the spasm, as a row an association: effect with its interval, named ones marked."""

from __future__ import annotations

from collections.abc import Sequence

from facialis.core.calendar import span_words
from facialis.core.knowledge import plain_name, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import TriggerEffect
from facialis.report.drawing.svg import Drawing, number

__all__ = ["both_ways", "draw_triggers", "lag_words", "remarks", "strongest"]

_WIDTH, _ROW, _TOP = 620.0, 24.0, 30.0
_LEFT, _RIGHT = 250.0, 16.0
_NARROW, _NARROW_ROW, _NARROW_LEFT = 380.0, 42.0, 16.0  # on a phone the names stand above their rows
_MOST = 10  # chosen: more rows are not read; all are in the table and the export


def strongest(effects: Sequence[TriggerEffect]) -> tuple[TriggerEffect, ...]:
    """For each thing followed the association that stands out most, named ones first."""
    best: dict[tuple[str, bool], TriggerEffect] = {}
    for item in effects:
        key = (item.name, item.direction == "from_spasm")
        if key not in best or (item.named, -item.p_corrected) > (best[key].named, -best[key].p_corrected):
            best[key] = item
    return tuple(sorted(best.values(), key=lambda e: (not e.named, e.p_corrected, -abs(e.effect)))[:_MOST])


def both_ways(answer: Answer) -> list[str]:
    """Names of what is named both before spasm and after it."""
    named = [effect for effect in answer.triggers if effect.named]
    before, after = ({e.name for e in named if e.direction == way} for way in ("to_spasm", "from_spasm"))
    return sorted(plain_name(name) for name in before & after)


def lag_words(effect: TriggerEffect) -> str:
    """Which of spasm and the thing noted came first, and by how many days."""
    span = span_words(max(abs(effect.lag_days), 1))
    return wording(f"visit_lag_{effect.direction}", name=plain_name(effect.name), span=span)


def remarks(answer: Answer) -> list[tuple[str, dict[str, object]]]:
    """Why what seemed to go along is not named, each as a key of the wording and its values."""
    if any(effect.unnamed == "diary" for effect in answer.triggers):
        return [("trigger_diary_days", {})]
    named = {effect.name for effect in answer.triggers if effect.named}
    held = dict.fromkeys(effect.name for effect in answer.triggers if effect.unnamed == "rhythm")
    return [("trigger_rhythm", {"name": plain_name(name)}) for name in held if name not in named]


def draw_triggers(effects: Sequence[TriggerEffect], *, narrow: bool = False) -> Drawing | None:
    """A forest of the strongest associations, ``narrow`` to fit on a phone; None where nothing was tried."""
    rows = strongest(effects)
    if not rows:
        return None
    width, high, left = (_NARROW, _NARROW_ROW, _NARROW_LEFT) if narrow else (_WIDTH, _ROW, _LEFT)
    height = _TOP + high * len(rows) + 36
    kind = "chart forest narrow" if narrow else "chart forest wide"
    out = Drawing(width, height, wording("visit_triggers_label", count=len(rows)), kind)
    reach = max(0.2, *(max(abs(row.low), abs(row.high)) for row in rows))
    scale = (width - left - _RIGHT) / (2 * reach)

    def x(effect: float) -> float:
        return left + (effect + reach) * scale

    foot = _TOP + high * len(rows)
    if not narrow:
        out.line(x(0), _TOP - 8, x(0), foot, "axis")
    out.text(x(0) - 6, 14, wording("visit_axis_less"), "tick end")
    out.text(x(0) + 6, 14, wording("visit_axis_more"), "tick")
    for k, row in enumerate(rows):
        y = _TOP + high * (k + (0.75 if narrow else 0.5))
        name = "named" if row.named else "unnamed"
        label = lag_words(row)
        label = label if len(label) < 44 else label[:42] + "…"
        if narrow:
            out.line(x(0), y - 7, x(0), y + 7, "axis")
            out.text(left, y - 11, label, f"{name}-text")
        else:
            out.text(left - 8, y + 4, label, f"{name}-text end")
        out.line(x(row.low), y, x(row.high), y, f"effect {name}")
        out.add(
            "rect", x=number(x(row.effect) - 3.5), y=number(y - 3.5), width="7", height="7", class_=f"effect-dot {name}"
        )
    axis = wording("visit_axis_effect_short" if narrow else "visit_axis_effect")
    out.text(left + (width - left - _RIGHT) / 2, foot + 22, axis, "tick mid")
    return out
