"""What is asked about a stretch that shall not count, and about an event that is added or moved."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.app.review.added import PARTS, part_name
from facialis.core.knowledge import wording
from facialis.core.records import SIDES, SPASM_KINDS, Interval
from facialis.report.drawing.anatomy import plain_name

__all__ = ["EndsForm", "EventForm", "StretchForm"]

_LEAST_S = 0.001  # chosen: shorter than any frame lasts; an event has a beginning and an end


class EndsForm(forms.Form):
    """Two ends in seconds of the film, with a point or a comma.

    Parameters
    ----------
    duration_s
        Length of the recording in seconds.
    """

    start_s = forms.CharField(max_length=20)
    stop_s = forms.CharField(max_length=20)

    def __init__(self, *arguments: Any, duration_s: float, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.duration_s = duration_s
        for key, field in self.fields.items():
            field.label = wording(f"app_stretch_{key}")
            if key in ("start_s", "stop_s"):
                field.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """A stretch within the film."""
        given = super().clean() or {}
        start_s, stop_s = (_seconds(given.get(key, "")) for key in ("start_s", "stop_s"))
        if not (0 <= start_s < self.duration_s and start_s + _LEAST_S <= min(stop_s, self.duration_s)):
            raise ValidationError(wording("app_stretch_odd"))
        return {**given, "part": Interval(start_s=start_s, stop_s=min(stop_s, self.duration_s))}


class StretchForm(EndsForm):
    """The ends of a stretch, and why it shall not count."""

    reason = forms.CharField(max_length=200, required=False)


class EventForm(EndsForm):
    """The ends of an event, what it is, on which side, and where."""

    kind = forms.ChoiceField()
    side = forms.ChoiceField()
    region = forms.ChoiceField(required=False)

    def __init__(self, *arguments: Any, duration_s: float, **options: Any) -> None:
        super().__init__(*arguments, duration_s=duration_s, **options)
        choices: dict[str, list[tuple[str, str]]] = {
            "kind": [(kind, plain_name(kind, "kind")) for kind in SPASM_KINDS],
            "side": [(side, wording(f"side_{side}")) for side in SIDES],
            "region": [("", "–"), *((part, part_name(part)) for part in PARTS)],
        }
        for key, known in choices.items():
            field = self.fields[key]
            assert isinstance(field, forms.ChoiceField)
            field.choices = known


def _seconds(text: str) -> float:
    """A number of seconds; NaN where it is none, which lies in no stretch."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
