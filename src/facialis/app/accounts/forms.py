"""The two forms at the door."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from facialis.app.accounts.models import Account
from facialis.core.knowledge import wording

__all__ = ["FirstRunForm", "LoginForm"]

_MOST = 80  # chosen: characters of a name; 40 - 200
_MOST_SECRET = 4000  # chosen: no password manager makes a longer one, and hashing it must not take long; 200 - 10,000


class LoginForm(forms.Form):
    """Name and password."""

    name = forms.CharField(max_length=_MOST)
    password = forms.CharField(max_length=_MOST_SECRET, strip=False, widget=forms.PasswordInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label, self.fields["password"].label = wording("app_name"), wording("app_password")
        for key, complete in (("name", "username"), ("password", "current-password")):
            self.fields[key].widget.attrs["autocomplete"] = complete


class FirstRunForm(LoginForm):
    """The same, with the password twice; it must be long and not a common one."""

    again = forms.CharField(max_length=_MOST_SECRET, strip=False, widget=forms.PasswordInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["again"].label = wording("app_password_again")
        self.fields["password"].help_text = wording("app_password_help")
        for key in ("password", "again"):
            self.fields[key].widget.attrs["autocomplete"] = "new-password"

    def clean_password(self) -> str:
        """The password, if it is one that cannot be guessed."""
        password: str = self.cleaned_data["password"]
        validate_password(password, Account(name=self.cleaned_data.get("name", "")))
        return password

    def clean_again(self) -> str:
        """The second, if it is the same as the first."""
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise ValidationError(wording("app_password_differs"))
        return again
