"""What is asked about a film before it comes in."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.core.knowledge import wording
from facialis.core.person.written_days import FIRST_YEAR

__all__ = ["UploadForm"]


class UploadForm(forms.Form):
    """The day, whether it is mirrored, whether it was planned; and name and size of the file."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    filmed = forms.ChoiceField(widget=forms.RadioSelect)
    mirrored = forms.BooleanField(required=False)
    shown_name = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)
    size_bytes = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for key in ("day", "filmed", "mirrored"):
            self.fields[key].label = wording(f"app_upload_{key}")
            self.fields[key].help_text = wording(f"app_upload_{key}_help")
        filmed = self.fields["filmed"]
        assert isinstance(filmed, forms.ChoiceField)
        filmed.choices = [(key, wording(f"app_filmed_{key}")) for key in ("planned", "caught")]
        self.fields["day"].widget.attrs["max"] = date.today().isoformat()  # noqa: DTZ011 - a person's own calendar day

    def clean_day(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["day"]
        if day > date.today() or day.year < FIRST_YEAR:  # noqa: DTZ011 - a person's own calendar day
            raise ValidationError(wording("app_day_not_possible"))
        return day
