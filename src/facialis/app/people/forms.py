"""The form of a new person."""

from __future__ import annotations

from typing import Any

from django import forms

from facialis.core.knowledge import wording

__all__ = ["PersonForm"]


class PersonForm(forms.Form):
    """A name is enough."""

    name = forms.CharField(max_length=80)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = wording("app_person_name")
        self.fields["name"].help_text = wording("app_person_name_help")

    def clean_name(self) -> str:
        """The name on one line."""
        return " ".join(str(self.cleaned_data["name"]).split())
