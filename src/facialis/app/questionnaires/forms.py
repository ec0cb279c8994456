"""The form of a questionnaire: its questions with their answers, or a field for the total."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.app.questionnaires.instruments import Instrument
from facialis.core.knowledge import figure, wording
from facialis.core.messages import clause
from facialis.core.person.casefile import FilledForm
from facialis.files.tables.amounts import amount
from facialis.follow.questionnaires import score_one

__all__ = ["QuestionnaireForm"]


class _Item(forms.ChoiceField):
    """A question. Where it ``asks_help``, the page shows the crisis text as soon as it is ticked above nothing."""

    def __init__(self, *arguments: Any, asks_help: bool, **options: Any) -> None:
        super().__init__(*arguments, required=False, widget=forms.RadioSelect, **options)
        self.asks_help = asks_help


class QuestionnaireForm(forms.Form):
    """One questionnaire on one day. What is left open is not known; it never counts as zero.

    Parameters
    ----------
    instrument
        Which one.
    written
        The cells of the row that stands there already for that day; empty where there is none.
    """

    def __init__(self, instrument: Instrument, written: Mapping[str, str], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.instrument = instrument
        today = date.today().isoformat()  # noqa: DTZ011 - a person's own calendar day
        self.fields["day"] = forms.DateField(
            label=wording("app_day"),
            help_text=wording("app_questionnaire_day_help"),
            widget=forms.DateInput(attrs={"type": "date", "max": today}, format="%Y-%m-%d"),
        )
        for number, question in enumerate(instrument.items, start=1):
            self.fields[f"item_{number}"] = self._item(number, question, written.get(f"item_{number}", ""))
        if not instrument.items:
            bounds = {"low": figure(f"{instrument.low:g}"), "high": figure(f"{instrument.high:g}")}
            self.fields["total"] = forms.CharField(
                label=wording("app_questionnaire_total"),
                help_text=wording("app_questionnaire_total_help", **bounds),
                initial=written.get("total", ""),
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "decimal"}),
            )

    def _item(self, number: int, question: str, written: str) -> _Item:
        known = dict(self.instrument.choices)
        # An answer between two levels stays on offer: saving the other answers must not lose it.
        between = [(written, written)] if written and written not in known else []
        return _Item(
            label=question if len(self.instrument.items) == 1 else f"{number}. {question}",
            choices=[("", wording("app_not_noted")), *known.items(), *between],
            initial=written,
            asks_help=number == self.instrument.help_item,
        )

    def clean_total(self) -> str:
        """The total as a plain number within the bounds of the questionnaire."""
        text = str(self.cleaned_data["total"])
        try:
            total = amount(text)
        except ValueError:
            raise ValidationError(clause("not_number", text=repr(text))) from None
        scored = score_one(FilledForm(day=date.min, instrument=self.instrument.key, total=total))
        if scored.total is None or not math.isfinite(total):
            raise ValidationError(scored.problem)
        return f"{total:g}"

    def cells(self) -> dict[str, str]:
        """The cells of the row; a total beside items is worked out, and not written."""
        items = {
            f"item_{number}": self.cleaned_data[f"item_{number}"] for number, _ in enumerate(self.instrument.items, 1)
        }
        day = self.cleaned_data["day"].isoformat()
        return {"date": day, "instrument": self.instrument.key, **items, "total": self.cleaned_data.get("total", "")}
