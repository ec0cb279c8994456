"""The form by which a key for a program is made."""

from __future__ import annotations

from typing import Any

from django import forms

from facialis.app.api.tokens import LASTS_DAYS, USUAL_DAYS
from facialis.core.knowledge import wording

__all__ = ["TokenForm"]


class TokenForm(forms.Form):
    """What a key is called, and how long it lasts."""

    name = forms.CharField(max_length=60)
    lasts_days = forms.TypedChoiceField(coerce=int, initial=USUAL_DAYS)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        name, lasts = self.fields["name"], self.fields["lasts_days"]
        assert isinstance(lasts, forms.ChoiceField)
        name.label, name.help_text = wording("app_token_name"), wording("app_token_name_help")
        lasts.label = wording("app_token_lasts")
        lasts.choices = [(days, wording("app_token_days", days=days)) for days in LASTS_DAYS]

    def clean_name(self) -> str:
        """On one line."""
        return " ".join(str(self.cleaned_data["name"]).split())
