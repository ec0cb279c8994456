"""The forms of the door and of one's own account."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from facialis.app.accounts.locking import IDLE_CHOICES_MIN
from facialis.app.accounts.models import Account
from facialis.core.knowledge import wording

__all__ = [
    "CodeForm",
    "ConfirmForm",
    "FirstRunForm",
    "LoginForm",
    "NameForm",
    "PasskeyForm",
    "PasswordForm",
    "RecoverForm",
    "SettingsForm",
    "SomebodyForm",
]

_MOST = 80  # chosen: characters of a name; 40 - 200
_MOST_SECRET = 4000  # chosen: no password manager makes a longer one, and hashing it must not take long; 200 - 10,000
_JOINERS = (
    "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}\0"  # of Persian and Indic names; the last one is refused later
)
_MOST_CODE = 40  # a recovery code has 19


def _bare(name: str) -> str:
    """What of a name can be told apart by eye: neither capitals, nor joiners, nor letters of another width."""
    return "".join(char for char in unicodedata.normalize("NFKC", name) if char.isprintable()).casefold()


class _Name(forms.CharField):
    """A name on one line, without signs that nobody sees or that turn the rest of a line around."""

    def to_python(self, value: Any) -> str:
        """The name; empty where nothing of it is seen."""
        text = unicodedata.normalize("NFC", super().to_python(value) or "")
        kept = "".join(char if char.isprintable() or char in _JOINERS else " " * char.isspace() for char in text)
        return " ".join(kept.split()) if _bare(kept).strip() else ""


def _name() -> forms.CharField:
    return _Name(max_length=_MOST, widget=forms.TextInput(attrs={"autocomplete": "username"}))


def _password(complete: str) -> forms.CharField:
    secret = forms.PasswordInput(attrs={"autocomplete": complete})
    return forms.CharField(max_length=_MOST_SECRET, strip=False, required=False, widget=secret)


def _passkey() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    """A password, or what a passkey answered."""

    password = _password("current-password")
    passkey = _passkey()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["password"].label = wording("app_password")

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        told = super().clean() or self.cleaned_data
        if not told.get("passkey") and not told.get("password") and "password" not in self.errors:
            self.add_error("password", wording("app_needed"))
        return told


class LoginForm(ConfirmForm):
    """A name and a password, or what a passkey answered."""

    name = _name()
    field_order = ("name", "password")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = wording("app_name")
        self.fields["name"].required = not self.data.get("passkey")


class PasswordForm(forms.Form):
    """A new password, twice; it must be long and not a common one."""

    password = _password("new-password")
    again = _password("new-password")
    passkey = _passkey()

    def __init__(self, *arguments: Any, account: Account | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.account = account
        self.fields["password"].label = wording("app_password")
        self.fields["password"].help_text = wording("app_password_help")
        self.fields["again"].label = wording("app_password_again")

    def clean(self) -> dict[str, Any]:
        """A passkey, or a password that cannot be guessed, the same both times."""
        told = super().clean() or self.cleaned_data
        if told.get("passkey"):
            return told | {"password": ""}
        try:
            validate_password(told.get("password", ""), self.account or Account(name=told.get("name", "")))
        except ValidationError as error:
            self.add_error("password", error)
        if told.get("password", "") != told.get("again", ""):
            self.add_error("again", wording("app_password_differs"))
        return told


class NameForm(forms.Form):
    """The name of a new account, one's own or, where an administrator adds it, ``somebody`` else's."""

    name = _name()
    somebody = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = wording("app_account_name" if self.somebody else "app_name")
        if self.somebody:
            self.fields["name"].widget.attrs["autocomplete"] = "off"

    def clean_name(self) -> str:
        """One that nobody has, nor one that looks the same."""
        name = str(self.cleaned_data["name"])
        if any(_bare(other) == _bare(name) for other in Account.objects.values_list("name", flat=True)):
            raise ValidationError(wording("app_name_taken"))
        return name


class SomebodyForm(NameForm):
    """The name of somebody else's account."""

    somebody = True


class FirstRunForm(PasswordForm, NameForm):
    """A name, and a password or a passkey."""

    field_order = ("name", "password", "again")


class CodeForm(forms.Form):
    """What an app shows."""

    code = forms.CharField(
        max_length=_MOST_CODE,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].label = wording("app_code")


class RecoverForm(forms.Form):
    """A name and a code from paper."""

    name = _name()
    code = forms.CharField(max_length=_MOST_CODE, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label, self.fields["code"].label = wording("app_name"), wording("app_recovery_code")


class PasskeyForm(forms.Form):
    """What a passkey is called."""

    name = forms.CharField(max_length=60, required=False)
    passkey = _passkey()

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["name"].label = wording("app_passkey_name")
        self.fields["name"].help_text = wording("app_passkey_name_help")

    def clean_name(self) -> str:
        """On one line."""
        return " ".join(str(self.cleaned_data["name"]).split())


class SettingsForm(forms.Form):
    """After how long the casebook locks itself, and its language."""

    idle_min = forms.TypedChoiceField(coerce=int)
    language = forms.ChoiceField(required=False)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        idle, language = self.fields["idle_min"], self.fields["language"]
        assert isinstance(idle, forms.ChoiceField)
        assert isinstance(language, forms.ChoiceField)
        idle.label, language.label = wording("app_idle"), wording("app_language")
        idle.help_text = wording("app_idle_help")
        idle.choices = [(minutes, wording("app_idle_minutes", minutes=minutes)) for minutes in IDLE_CHOICES_MIN]
        language.choices = [("", wording("app_language_browser")), *settings.LANGUAGES]
