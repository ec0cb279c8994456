"""The form of a share: what, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from facialis.app.sharing.models import SCOPE_KEYS, Share
from facialis.core.knowledge import wording

__all__ = ["ShareForm"]

_LASTS = ("30", "180", "365", "")
_AS_IT_IS = "same"


class ShareForm(forms.Form):
    """Which parts are shared and for how long; of a share there is already, it may also last as it does."""

    scopes = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    lasts = forms.ChoiceField(widget=forms.RadioSelect, required=False)

    def __init__(self, *arguments: Any, share: Share | None = None, **options: Any) -> None:
        chosen = ["recordings", "course"] if share is None else list(share.scopes)
        super().__init__(*arguments, **options)
        self.initial = {"scopes": chosen, "lasts": "180" if share is None else _AS_IT_IS}
        self._share = share
        scopes, lasts = self.fields["scopes"], self.fields["lasts"]
        assert isinstance(scopes, forms.MultipleChoiceField)
        assert isinstance(lasts, forms.ChoiceField)
        scopes.label, lasts.label = wording("app_share_what"), wording("app_share_how_long")
        scopes.error_messages["required"] = wording("app_share_nothing")
        scopes.choices = [(key, wording(f"app_scope_{key}")) for key in SCOPE_KEYS]
        kept = [] if share is None else [(_AS_IT_IS, wording("app_share_as_it_is"))]
        lasts.choices = [*kept, *((days, wording(f"app_share_days_{days or 'open'}")) for days in _LASTS)]

    @property
    def lasts_days(self) -> int | None:
        """For how many days; None: until it is stopped."""
        days = self.cleaned_data["lasts"]
        return int(days) if days.isdecimal() else None

    @property
    def ends_at(self) -> datetime | None:
        """Until when, counted from now; None: until it is stopped."""
        if self._share is not None and self.cleaned_data["lasts"] == _AS_IT_IS:
            return self._share.ends_at
        return None if self.lasts_days is None else timezone.now() + timedelta(days=self.lasts_days)
