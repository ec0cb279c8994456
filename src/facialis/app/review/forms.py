"""What is asked about a stretch that shall not count."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.core.knowledge import wording
from facialis.core.records import Interval

__all__ = ["StretchForm"]


class StretchForm(forms.Form):
    """Its two ends in seconds of the film, with a point or a comma, and why.

    Parameters
    ----------
    duration_s
        Length of the recording in seconds.
    """

    start_s = forms.CharField(max_length=20)
    stop_s = forms.CharField(max_length=20)
    reason = forms.CharField(max_length=200, required=False)

    def __init__(self, *arguments: Any, duration_s: float, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.duration_s = duration_s
        for key, field in self.fields.items():
            field.label = wording(f"app_stretch_{key}")
            if key != "reason":
                field.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        """A stretch within the film."""
        given = super().clean() or {}
        start_s, stop_s = (_seconds(given.get(key, "")) for key in ("start_s", "stop_s"))
        if not 0 <= start_s < min(stop_s, self.duration_s):
            raise ValidationError(wording("app_stretch_odd"))
        return {**given, "part": Interval(start_s=start_s, stop_s=min(stop_s, self.duration_s))}


def _seconds(text: str) -> float:
    """A number of seconds; NaN where it is none, which lies in no stretch."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return math.nan
