"""What is sent with a comment."""

from __future__ import annotations

from django import forms

__all__ = ["CommentForm"]


class CommentForm(forms.Form):
    """A text, and the number of the thread that it answers; how long it may be is said by the deed."""

    text = forms.CharField(required=False, strip=False)
    thread = forms.IntegerField(required=False, min_value=1, max_value=2**62)
