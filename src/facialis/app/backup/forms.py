"""The form of a backup: where to, and the passphrase that opens it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from facialis.app.backup.locks import LEAST
from facialis.core.knowledge import wording

__all__ = ["BackupForm"]


class BackupForm(forms.Form):
    """A folder on this computer, and a passphrase twice."""

    folder = forms.CharField(max_length=1000)
    passphrase = forms.CharField(min_length=LEAST, max_length=200, strip=False, widget=forms.PasswordInput)
    again = forms.CharField(max_length=200, strip=False, widget=forms.PasswordInput)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for name in ("folder", "passphrase", "again"):
            self.fields[name].label = wording(f"app_backup_{name}")
        for name in ("folder", "passphrase"):
            self.fields[name].help_text = wording(f"app_backup_{name}_help", least=LEAST)
        self.fields["folder"].widget.attrs["autocomplete"] = "off"  # no name of somebody
        for name in ("passphrase", "again"):
            self.fields[name].widget.attrs["autocomplete"] = "new-password"

    def clean_folder(self) -> Path:
        """A folder by its whole name."""
        folder = Path(self.cleaned_data["folder"].strip()).expanduser()
        if not folder.is_absolute():
            raise ValidationError(wording("app_backup_folder_whole"))
        return folder

    def clean_again(self) -> str:
        """The same passphrase."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("passphrase", again):
            raise ValidationError(wording("error_password_differs"))
        return again
