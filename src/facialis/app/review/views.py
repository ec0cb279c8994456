"""The review in the page. Each deed is a form and leads back to the recording's page, with or without a script."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from facialis.app.accounts.models import Account
from facialis.app.recordings.models import Recording
from facialis.app.review import deeds
from facialis.app.review.content import session_of
from facialis.app.review.forms import StretchForm
from facialis.app.review.models import Verdict
from facialis.app.review.standing import event_keys
from facialis.core.errors import FormatError
from facialis.core.records import Session

__all__ = ["exclude", "include", "judge", "redo", "undo"]


def _asked(request: HttpRequest, pk: int) -> tuple[Account, Recording]:
    account = request.user
    assert isinstance(account, Account)
    found = Recording.objects.visible_to(account).filter(measured=True).select_related("person")
    return account, get_object_or_404(found, pk=pk)


def _session(recording: Recording) -> Session:
    try:
        return session_of(recording)
    except (FormatError, OSError) as error:
        raise Http404 from error


def _back(request: HttpRequest, pk: int, place: str = "review") -> HttpResponse:
    order = "?order=doubt" if request.POST.get("order") == "doubt" else ""
    return HttpResponseRedirect(f"{reverse('recording', args=[pk])}{order}#{place}")


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject an event, or say that one is unsure."""
    account, recording = _asked(request, pk)
    keys = event_keys(_session(recording).events)
    said = [(verdict, request.POST[verdict.value]) for verdict in Verdict if verdict.value in request.POST]
    if len(said) != 1 or said[0][1] not in keys:
        return HttpResponse(status=422)
    [(verdict, event)] = said
    deeds.judge(account, recording, event, verdict)
    return _back(request, pk, f"event-{keys.index(event) + 1}")


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the last step."""
    deeds.undo(*_asked(request, pk))
    return _back(request, pk)


@require_POST
def redo(request: HttpRequest, pk: int) -> HttpResponse:
    """Do again what was undone."""
    deeds.redo(*_asked(request, pk))
    return _back(request, pk)


@require_POST
def exclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a stretch out; what cannot be one is asked for again."""
    account, recording = _asked(request, pk)
    form = StretchForm(request.POST, duration_s=_session(recording).recording.duration_s)
    if not form.is_valid():
        page = {"recording": recording, "person": recording.person, "form": form}
        return render(request, "casebook/stretch.html", page, status=422)
    deeds.exclude(account, recording, form.cleaned_data["part"], form.cleaned_data["reason"])
    return _back(request, pk)


@require_POST
def include(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a stretch count again."""
    account, recording = _asked(request, pk)
    number = request.POST.get("number", "")
    if number.isascii() and number.isdecimal() and len(number) < 19:
        deeds.include(account, recording, int(number))
    return _back(request, pk)
