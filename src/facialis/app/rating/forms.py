"""Forms of blind rating: a new set, and what is answered of a film."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict

from facialis.app.accounts.models import Account
from facialis.app.rating.access import raters_for, recordings_seen
from facialis.app.rating.deeds import Stretch
from facialis.app.rating.models import UNRATEABLE
from facialis.app.recordings.models import Recording
from facialis.core.knowledge import wording
from facialis.core.rating.scales import Answer, Part, Scale, scales

__all__ = ["Answers", "RecordingRow", "SetForm", "answers_in"]

_MOST_FILMS = 200  # chosen: an hour or two of rating; 50 - 500
_MOST_TAPS = 5000  # chosen: ten a second for eight minutes; 1000 - 20,000
_LONGEST_S = 36_000.0  # chosen: no film is rated for ten hours; 1 - 24 h
_LARGEST = 1e9  # chosen: what the scale takes is said by it; any larger than its counts
_REPEATS = ("0.1", "0.2", "0.3", "0.5")
_USUAL = "0.2"
_MOMENT = r"(?:(\d{1,3}):)?(\d{1,5}(?:[.,]\d{1,3})?)"
_STRETCH = re.compile(rf"\s*{_MOMENT}\s*[-–]\s*{_MOMENT}\s*")


@dataclass(frozen=True, kw_only=True)
class RecordingRow:
    """A recording that can be chosen: whether it is, and which stretches of it as they were written."""

    recording: Recording
    chosen: bool
    written: str


class SetForm(forms.Form):
    """A new set. Recordings and their stretches are fields ``film`` and ``part-NUMBER``."""

    name = forms.CharField(max_length=80)
    scale = forms.ChoiceField()
    repeats = forms.ChoiceField(widget=forms.RadioSelect, initial=_USUAL)
    raters = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)

    def __init__(self, account: Account, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self._account = account
        self.initial = {"raters": [str(account.pk)], "repeats": _USUAL}
        self._others = {str(one.pk): one for one in raters_for(account)}
        choices: Mapping[str, list[tuple[str, str]]] = {
            "scale": [(key, wording(scale.name)) for key, scale in scales().items()],
            "repeats": [(share, wording("app_rate_share", percent=f"{100 * float(share):.0f}")) for share in _REPEATS],
            "raters": [
                (str(account.pk), wording("app_rate_myself")),
                *((key, one.name) for key, one in self._others.items()),
            ],
        }
        for key, field in self.fields.items():
            field.label = wording(f"app_rate_field_{key}")
            if key in choices:
                assert isinstance(field, forms.ChoiceField)
                field.choices = choices[key]
        self.fields["raters"].error_messages["required"] = wording("app_rate_no_rater")
        self._recordings = list(recordings_seen(account).order_by("person__name", "-day", "-pk"))

    @property
    def rows(self) -> list[RecordingRow]:
        """All recordings that can be chosen, as they stand in the form."""
        chosen = set(self.data.getlist("film")) if isinstance(self.data, QueryDict) else set()
        return [
            RecordingRow(
                recording=one, chosen=str(one.pk) in chosen, written=str(self.data.get(f"part-{one.pk}", ""))[:200]
            )
            for one in self._recordings
        ]

    @property
    def raters_chosen(self) -> list[Account]:
        """Who is asked."""
        known = {str(self._account.pk): self._account, **self._others}
        return [known[key] for key in self.cleaned_data["raters"]]

    def clean(self) -> dict[str, Any]:
        """What is rated, and whether each rater may see it."""
        told = super().clean() or {}
        stretches: list[Stretch] = []
        for row in self.rows:
            if row.chosen:
                try:
                    stretches += _stretches(row.recording, row.written)
                except ValueError:
                    self.add_error(None, wording("app_rate_bad_stretch", written=row.written))
        if not stretches and not self.errors:
            self.add_error(None, wording("app_rate_no_film"))
        if len(stretches) > _MOST_FILMS:
            self.add_error(None, wording("app_rate_too_many", most=_MOST_FILMS))
        people = {stretch.recording.person_id for stretch in stretches}
        fit = {one.pk for one in raters_for(self._account, people)} | {self._account.pk}
        for one in self.raters_chosen if "raters" in self.cleaned_data else []:
            if one.pk not in fit:
                self.add_error("raters", wording("app_rate_not_shared", name=one.name))
        return {**told, "stretches": stretches}


def _stretches(recording: Recording, written: str) -> list[Stretch]:
    """The stretches as they were written, ``0:10-0:40, 75-90``; nothing written: the whole. ValueError: no stretch."""
    if not written.strip():
        return [Stretch(recording)]
    found = []
    for piece in re.split(r"[;,](?!\d)|;", written):
        parts = _STRETCH.fullmatch(piece)
        if parts is None:
            raise ValueError(piece)
        start_s, stop_s = _seconds(parts[1], parts[2]), _seconds(parts[3], parts[4])
        if stop_s <= start_s:
            raise ValueError(piece)
        found.append(Stretch(recording, start_s, stop_s))
    return found


def _seconds(minutes: str | None, seconds: str) -> float:
    return 60 * int(minutes or 0) + float(seconds.replace(",", "."))


# ---- what is answered ------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What was answered of a film. ``missing``: parts without an answer; ``wrong``: sentences about what is none."""

    values: Mapping[str, Answer]
    taps_s: tuple[float, ...]
    took_s: float | None
    missing: tuple[str, ...]
    wrong: tuple[str, ...]


def answers_in(scale: Scale, told: QueryDict) -> Answers:
    """Read what a form or the script of the page sends."""
    values: dict[str, Answer] = {}
    missing, wrong = [], []
    for part in scale.parts.values():
        if part.level == "moments":
            continue
        text = told.get(f"part-{part.key}", "").strip()
        value = UNRATEABLE if text == UNRATEABLE or f"not-{part.key}" in told else _value(part, text)
        problem = part.problem(value) if value not in (None, UNRATEABLE) else ""
        if problem:
            wrong.append(problem)
        elif value is None:
            missing.append(part.key)
        else:
            values[part.key] = value
    taps = [_number(text) for text in told.getlist("tap")[:_MOST_TAPS]]
    return Answers(
        values=values,
        taps_s=tuple(sorted({round(tap, 3) for tap in taps if tap is not None})),
        took_s=_number(told.get("took_s", "")),
        missing=tuple(missing),
        wrong=tuple(wrong),
    )


def _value(part: Part, text: str) -> Answer | None:
    if not text:
        return None
    number = None if part.level == "nominal" else _number(text, most=_LARGEST)
    return text if number is None else number


def _number(text: str, most: float = _LONGEST_S) -> float | None:
    """A number from 0 on; None for anything else."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= most else None
