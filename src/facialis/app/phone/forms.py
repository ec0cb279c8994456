"""What a phone is asked about its film."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from facialis.app.recordings.asked import AskedForm
from facialis.core.knowledge import wording

__all__ = ["PhoneForm"]


class PhoneForm(AskedForm):
    """The day, planned or caught, alone, which camera, so whether it is mirrored, and whether it is the film itself."""

    filmed = forms.ChoiceField(widget=forms.RadioSelect)
    alone = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    camera = forms.ChoiceField(widget=forms.RadioSelect)
    mirrored = forms.ChoiceField(widget=forms.RadioSelect, required=False)
    as_filmed = forms.ChoiceField(widget=forms.RadioSelect)
    shown_name = forms.CharField(max_length=4000, required=False, widget=forms.HiddenInput)
    size_bytes = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.ask("filmed", ("planned", "caught"))
        self.ask("alone")
        self.ask("camera", ("back", "front"), words="app_phone_camera")
        self.ask("mirrored", ("no", "yes"), words="app_phone_mirrored")
        self.ask("as_filmed", ("yes", "no", "unknown"), words="app_phone_as_filmed")
        today = date.today()  # noqa: DTZ011 - a person's own calendar day
        self.initial = {"day": today, "filmed": "planned", **self.initial}

    def clean(self) -> dict[str, Any]:
        """Only the front camera mirrors; where it was that one, whether it did has to be known."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if told.get("camera") == "front" and not told.get("mirrored"):
            self.add_error("mirrored", wording("app_phone_mirrored_needed"))
        return told

    @property
    def told(self) -> dict[str, Any]:
        """What `begin_film` wants to know; which camera it was is not kept."""
        given = self.cleaned_data
        return {
            "day": given["day"],
            "filmed": given["filmed"],
            "alone": given["alone"],
            "mirrored": given["camera"] == "front" and given["mirrored"] == "yes",
            "as_filmed": given["as_filmed"],
            "shown_name": given["shown_name"],
            "size_bytes": given["size_bytes"] or 0,
        }

    @property
    def faults(self) -> str:
        """What is wrong with what was told, in one line."""
        return " ".join(str(line) for lines in self.errors.values() for line in lines)
