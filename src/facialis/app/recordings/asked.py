"""What is asked of every film, whichever way it comes: when, why, alone or not, swapped or not, the film itself or not.

Nobody has to know: an answer that is missing stays open, and is never taken for a no.
"""

from __future__ import annotations

from datetime import date
from datetime import time as clock
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.core.knowledge import wording
from facialis.core.person.written_days import FIRST_YEAR

__all__ = ["ANSWERS", "AskedForm", "CorrectionForm", "UploadForm", "answer_words", "as_asked"]

ANSWERS = {
    "filmed": {"planned": "app_filmed_planned", "caught": "app_filmed_caught", "": "app_unsaid"},
    "alone": {"yes": "app_alone_yes", "no": "app_alone_no", "": "app_alone_unsaid"},
    "mirrored": {"no": "app_mirrored_no", "yes": "app_mirrored_yes", "": "app_unsaid"},
    "as_filmed": {"yes": "app_itself_yes", "no": "app_itself_no", "unknown": "app_unsaid"},
}
"""What may be answered, and in which words; empty or ``unknown``: nobody has said."""
_SAID = {"yes": True, "no": False}


def answer_words(name: str, answer: str) -> str:
    """An answer in the language spoken."""
    return wording(ANSWERS[name][answer])


def as_asked(name: str, value: object) -> str:
    """A value of a record as an answer to choose."""
    return {True: "yes", False: "no", None: ""}[value] if name == "mirrored" else str(value)  # type: ignore[index]


class AskedForm(forms.Form):
    """The day; further forms choose which questions they ask, by which words."""

    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        day = self.fields["day"]
        day.label, day.help_text = wording("app_upload_day"), wording("app_upload_day_help")
        day.widget.attrs["max"] = date.today().isoformat()  # noqa: DTZ011 - a person's own calendar day

    def ask(self, name: str, answers: tuple[str, ...] = (), *, words: str = "") -> None:
        """Ask a question: its answers, and whose words it is asked in if not those of all ways in."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        told = words or f"app_upload_{name}"
        field.label, field.help_text = wording(told), wording(f"{told}_help")
        if words:
            field.choices = [(answer, wording(f"{words}_{answer}")) for answer in answers]
        else:
            field.choices = [(answer, answer_words(name, answer)) for answer in answers or tuple(ANSWERS[name])]

    def clean_day(self) -> date:
        """A day that has been."""
        day: date = self.cleaned_data["day"]
        if day > date.today() or day.year < FIRST_YEAR:  # noqa: DTZ011 - a person's own calendar day
            raise ValidationError(wording("app_day_not_possible"))
        return day


class UploadForm(AskedForm):
    """What is asked before a film comes in as a file; and the name of the file."""

    filmed = forms.ChoiceField(widget=forms.RadioSelect)
    alone = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    mirrored = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    as_filmed = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    shown_name = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ask("filmed", ("planned", "caught"))
        for name in ("alone", "mirrored", "as_filmed"):
            self.ask(name)

    def clean_mirrored(self) -> bool | None:
        """None: nobody knows."""
        return _SAID.get(self.cleaned_data["mirrored"])

    def clean_as_filmed(self) -> str:
        """Whoever says nothing does not know."""
        return self.cleaned_data["as_filmed"] or "unknown"


class CorrectionForm(AskedForm):
    """All that was said of a film, to be said anew. Left and right are asked of films that can be measured again."""

    time = forms.TimeField(required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    filmed = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    alone = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    mirrored = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    as_filmed = forms.ChoiceField(widget=forms.RadioSelect, required=False)

    def __init__(self, *arguments: Any, can_swap: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["day"].help_text = ""
        self.fields["time"].label = wording("app_correct_time")
        if not can_swap:
            del self.fields["mirrored"]
        for name in ANSWERS:
            if name in self.fields:
                self.ask(name)
        if can_swap:
            self.fields["mirrored"].help_text = wording("app_correct_mirrored_help")

    def clean_time(self) -> clock | None:
        """Hours and minutes."""
        told: clock | None = self.cleaned_data["time"]
        return None if told is None else told.replace(second=0, microsecond=0)

    def clean_mirrored(self) -> bool | None:
        """None: nobody knows."""
        return _SAID.get(self.cleaned_data["mirrored"])

    def clean_as_filmed(self) -> str:
        """Whoever says nothing does not know."""
        return self.cleaned_data["as_filmed"] or "unknown"
