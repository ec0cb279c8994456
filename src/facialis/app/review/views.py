"""The review in the page. Each deed is a form and leads back to the recording's page, with or without a script."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from facialis.app.accounts.models import Account
from facialis.app.recordings.models import Recording
from facialis.app.review import deeds
from facialis.app.review.content import facts_of
from facialis.app.review.forms import EndsForm, EventForm, StretchForm
from facialis.app.review.models import Verdict
from facialis.app.review.standing import ADDED_KEY, event_keys, standing_of
from facialis.app.watching.misses import misses_in
from facialis.app.watching.models import Viewing
from facialis.core.errors import FormatError
from facialis.core.records import Session

__all__ = ["add", "exclude", "include", "judge", "miss", "move", "redo", "undo"]


def _asked(request: HttpRequest, pk: int) -> tuple[Account, Recording]:
    account = request.user
    assert isinstance(account, Account)
    found = Recording.objects.visible_to(account).filter(measured=True).select_related("person")
    return account, get_object_or_404(found, pk=pk)


def _session(recording: Recording) -> Session:
    try:
        return facts_of(recording)
    except (FormatError, OSError) as error:
        raise Http404 from error


def _back(request: HttpRequest, pk: int, place: str = "review") -> HttpResponse:
    order = "?order=doubt" if request.POST.get("order") == "doubt" else ""
    return HttpResponseRedirect(f"{reverse('recording', args=[pk])}{order}#{place}")


def _asked_again(request: HttpRequest) -> int:
    """A script says what is wrong itself; as an error of the address it would stand in the console as well."""
    return 200 if "X-Step" in request.headers else 422


@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject an event, or say that one is unsure."""
    account, recording = _asked(request, pk)
    keys = event_keys(_session(recording).events)
    said = [(verdict, request.POST[verdict.value]) for verdict in Verdict if verdict.value in request.POST]
    if len(said) == 1 and said[0][1].startswith(f"{ADDED_KEY} "):
        return _judge_added(request, account, recording, said[0])
    if len(said) != 1 or said[0][1] not in keys:
        return HttpResponse(status=422)
    [(verdict, event)] = said
    deeds.judge(account, recording, event, verdict)
    return _back(request, pk, f"event-{keys.index(event) + 1}")


def _judge_added(
    request: HttpRequest, account: Account, recording: Recording, said: tuple[Verdict, str]
) -> HttpResponse:
    """What a person added is one; it can be removed, and nothing else be said of it."""
    if said[0] != Verdict.REJECT:
        return HttpResponse(status=422)
    deeds.remove(account, recording, said[1])
    return _back(request, recording.pk)


@require_POST
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an event that was not found; what cannot be one is asked for again."""
    account, recording = _asked(request, pk)
    form = EventForm(request.POST, duration_s=_session(recording).recording.duration_s)
    if not form.is_valid():
        page = {"recording": recording, "person": recording.person, "form": form}
        return render(request, "casebook/add_event.html", page, status=_asked_again(request))
    told = {key: form.cleaned_data[key] for key in ("kind", "side", "region")}
    number = deeds.add(account, recording, form.cleaned_data["part"], **told)
    return _back(request, pk, f"added-{number}")


@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Set the ends of an event, and of one that was added what it is and where."""
    account, recording = _asked(request, pk)
    session, event = _session(recording), request.POST.get("event", "")
    added = next((item for item in standing_of(recording).added if item.key == event), None)
    told = {key: request.POST[key] for key in ("kind", "side", "region") if added is not None and key in request.POST}
    kept = {} if added is None else {"kind": added.kind, "side": added.side, "region": added.region}
    given = {**kept, **request.POST.dict()}
    duration_s = session.recording.duration_s
    form = EndsForm(given, duration_s=duration_s) if added is None else EventForm(given, duration_s=duration_s)
    if not form.is_valid() or (added is None and event not in event_keys(session.events)):
        return HttpResponse(status=422)
    deeds.move(account, recording, event, form.cleaned_data["part"], **told)
    return _back(request, pk)


@require_POST
def miss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of a near miss that it is an event, which adds it, or that it is none."""
    account, recording = _asked(request, pk)
    viewing = Viewing.objects.filter(recording=recording).first()
    said = [(verdict, request.POST[verdict.value]) for verdict in Verdict if verdict.value in request.POST]
    known = {row.key: row for row in misses_in(viewing.misses if viewing is not None else None)}
    if len(said) != 1 or said[0][1] not in known or said[0][0] == Verdict.UNSURE:
        return HttpResponse(status=422)
    row = known[said[0][1]]
    if said[0][0] == Verdict.REJECT:
        deeds.judge(account, recording, row.key, Verdict.REJECT)
        return _back(request, pk, "misses")
    return _back(request, pk, f"added-{deeds.add_miss(account, recording, row)}")


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
        return render(request, "casebook/stretch.html", page, status=_asked_again(request))
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
