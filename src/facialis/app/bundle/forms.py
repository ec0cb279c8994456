"""The forms of bundles: what is sent, to whom and for how long; and by what name one sends."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.app.accounts.models import Account
from facialis.app.bundle.manifest import PARTS
from facialis.app.bundle.sending import check_address
from facialis.core.errors import FacialisError
from facialis.core.knowledge import wording

__all__ = ["SendForm", "SenderForm"]

_LASTS = ("30", "180", "365")


class SenderForm(forms.Form):
    """By what name one sends."""

    sender = forms.CharField(max_length=80)

    def __init__(self, *arguments: Any, account: Account, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._account = account
        self.initial.setdefault("sender", account.name)
        self._say("sender")

    def _say(self, *names: str) -> None:
        for name in names:
            self.fields[name].label = wording(f"app_bundle_{name}")
            self.fields[name].help_text = wording(f"app_bundle_{name}_help")


class SendForm(SenderForm):
    """What is sent of a person; nothing is chosen for longer or for more than a share would be."""

    recipient = forms.CharField(max_length=400, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}))
    whom = forms.CharField(max_length=80)
    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    films = forms.ChoiceField(widget=forms.RadioSelect)
    lasts = forms.ChoiceField(widget=forms.RadioSelect)

    field_order = ("recipient", "whom", "sender", "scopes", "films", "lasts")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.initial = {"scopes": ["recordings", "course"], "films": "no", "lasts": "180", **self.initial}
        self._say("recipient", "whom", "films", "lasts")
        scopes, films, lasts = self.fields["scopes"], self.fields["films"], self.fields["lasts"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        assert isinstance(films, forms.ChoiceField)
        assert isinstance(lasts, forms.ChoiceField)
        scopes.label = wording("app_bundle_scopes")
        scopes.error_messages["required"] = wording("app_share_nothing")
        scopes.choices = [(part, wording(f"app_scope_{part}")) for part in PARTS]
        films.choices = [(answer, wording(f"app_bundle_films_{answer}")) for answer in ("no", "yes")]
        lasts.choices = [(days, wording(f"app_share_days_{days}")) for days in _LASTS]

    def clean_recipient(self) -> str:
        """An address as it is understood."""
        try:
            return check_address(self._account, self.cleaned_data["recipient"])
        except FacialisError as error:
            raise ValidationError(str(error)) from error

    @property
    def with_films(self) -> bool:
        """Whether films go along."""
        return bool(self.cleaned_data["films"] == "yes")
