"""The forms of an experiment: what is varied and for how long, and what is noted of a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from facialis.core.knowledge import wording
from facialis.core.person.experiment import DESIGNS

__all__ = ["DayForm", "PlanForm"]

_ASKED = {
    "factor": ("app_experiment_factor", "app_experiment_factor_help"),
    "days": ("app_experiment_days", "app_experiment_days_help"),
    "design": ("app_experiment_design", "app_experiment_design_help"),
}
_DESIGNS = {"random": "app_experiment_design_random", "abab": "app_experiment_design_abab"}
_DAYS = 42  # chosen, as on the command line: six weeks


class PlanForm(forms.Form):
    """What is varied, on how many days, and how the lot is drawn."""

    factor = forms.CharField(max_length=60)
    days = forms.IntegerField(initial=_DAYS)
    design = forms.ChoiceField(widget=forms.RadioSelect, initial=DESIGNS[0])

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name, (ask, about) in _ASKED.items():
            self.fields[name].label, self.fields[name].help_text = wording(ask), wording(about)
        design = self.fields["design"]
        assert isinstance(design, forms.ChoiceField)
        design.choices = [(key, wording(_DESIGNS[key])) for key in DESIGNS]


class DayForm(forms.Form):
    """A day: whether it was as the lot said, and how strong the spasm was. What is left open is not known."""

    day = forms.DateField(widget=forms.HiddenInput)
    done = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    rating = forms.ChoiceField(widget=forms.RadioSelect, required=False)

    def __init__(self, days: tuple[date, ...], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.days = days
        for name, ask, choices in (
            ("done", "app_experiment_done", [("yes", wording("app_yes")), ("no", wording("app_no"))]),
            ("rating", "app_experiment_rating", [(str(n), str(n)) for n in range(11)]),
        ):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.label = wording(ask)
            field.choices = [("", wording("app_not_noted")), *choices]

    def clean_day(self) -> date:
        """Today or yesterday, where the plan has it."""
        day: date = self.cleaned_data["day"]
        if day not in self.days:
            raise forms.ValidationError(wording("app_experiment_too_late"))
        return day
