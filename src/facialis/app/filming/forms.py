"""What is asked before filming, and what the page tells while it films."""

from __future__ import annotations

from typing import Any

from django import forms

from facialis.app.filming.capture import NotUnderstood, read_blocks, read_capture
from facialis.app.filming.protocol import PROTOCOLS, length_s
from facialis.core.knowledge import wording
from facialis.report.session.verdict import duration_words

__all__ = ["CameraForm", "FilmForm", "ToldForm"]


class FilmForm(forms.Form):
    """How much is filmed, why, and whether alone."""

    protocol = forms.ChoiceField(widget=forms.RadioSelect, initial="short")  # whoever films each week stays with it
    filmed = forms.ChoiceField(widget=forms.RadioSelect, initial="planned")
    alone = forms.ChoiceField(widget=forms.RadioSelect, required=False, initial="")

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        answers = {
            "protocol": [(p, _protocol(p)) for p in PROTOCOLS],
            "filmed": [(key, wording(f"app_filmed_{key}")) for key in ("planned", "caught")],
            "alone": [(key, wording(f"app_alone_{key or 'unsaid'}")) for key in ("yes", "no", "")],
        }
        words = {"protocol": "app_film_protocol", "filmed": "app_film_filmed", "alone": "app_film_alone"}
        for key, label in words.items():
            asked = self.fields[key]
            assert isinstance(asked, forms.ChoiceField)
            asked.label, asked.help_text = wording(label), wording(f"{label}_help")
            asked.choices = answers[key]


_HOW_LONG = {"full": "app_film_full", "short": "app_film_short"}


def _protocol(name: str) -> str:
    return wording(_HOW_LONG[name], length=duration_words(length_s(name)))


class ToldForm(forms.Form):
    """Blocks and recorder of a film, as JSON."""

    blocks = forms.CharField(max_length=20_000)
    capture = forms.CharField(max_length=4000)

    def clean_blocks(self) -> list[dict[str, Any]]:
        """The blocks, if they are such."""
        try:
            return read_blocks(self.cleaned_data["blocks"])
        except NotUnderstood:
            raise forms.ValidationError("blocks") from None

    def clean_capture(self) -> dict[str, Any]:
        """How it is recorded."""
        try:
            return read_capture(self.cleaned_data["capture"])
        except NotUnderstood:
            raise forms.ValidationError("capture") from None


class CameraForm(forms.Form):
    """What a camera is called, and what raising a hand has shown."""

    key = forms.CharField(max_length=128)
    name = forms.CharField(max_length=200, required=False)
    mirrored = forms.BooleanField(required=False)
