"""The inbox in the page: what was refused, and deleting it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from facialis.app.inbox.deeds import forget_refused
from facialis.app.people.access import account_of, person_of

__all__ = ["forget"]


@require_POST
def forget(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete the files of a person that were refused."""
    forget_refused(account_of(request), person_of(request, pk))
    return redirect("person", pk)
