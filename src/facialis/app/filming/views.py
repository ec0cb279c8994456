"""Filming in the page: the page itself, a look at a still, what is told while filming, and films that broke off."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from facialis.app.filming.checks import Camera as Filming
from facialis.app.filming.checks import checks_of
from facialis.app.filming.deeds import know_camera, set_mirrored, tell
from facialis.app.filming.forms import CameraForm, FilmForm, ToldForm
from facialis.app.filming.models import Camera
from facialis.app.filming.picture import look_at
from facialis.app.filming.protocol import plan_of, script_words
from facialis.app.people.access import account_of, person_of
from facialis.app.people.models import Person
from facialis.app.recordings.deeds import end_upload
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import discard, here_bytes
from facialis.core.errors import FacialisError

__all__ = ["camera", "drop", "end", "film_now", "look", "swap", "told"]


def _upload(request: HttpRequest, token: str) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(request.user).select_related("person"), token=token)


@require_GET
def film_now(request: HttpRequest, pk: int) -> HttpResponse:
    """The page that films."""
    return _page(request, person_of(request, pk))


def _page(request: HttpRequest, person: Person, error: FacialisError | None = None) -> HttpResponse:
    broken = [
        {"upload": upload, "mb": here_bytes(upload) / 1e6}
        for upload in Upload.objects.visible_to(request.user).filter(person=person, size_bytes=None)
    ]
    cameras = dict(Camera.objects.visible_to(request.user).values_list("key", "mirrored"))
    page = {
        "person": person,
        "form": FilmForm(),
        "plan": json.dumps(plan_of()),
        "words": json.dumps(script_words()),
        "cameras": json.dumps(cameras),
        "broken": broken,
        "error": error,
    }
    return render(request, "casebook/film.html", page, status=200 if error is None else error.http_status)


@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be said of a still, which is forgotten at once."""
    person_of(request, pk)
    numbers = {key: _number(request.GET.get(key)) for key in ("width", "height", "film_width", "film_height")}
    seen = look_at(request.body, int(numbers["width"] or 0), int(numbers["height"] or 0))
    if seen is None:
        return JsonResponse({}, status=422)
    filming = Filming(
        width_px=int(numbers["film_width"] or 0),
        height_px=int(numbers["film_height"] or 0),
        rate_hz=_number(request.GET.get("rate")),
        change=_number(request.GET.get("change")),
    )
    return JsonResponse({"checks": checks_of(seen, filming)})


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if 0 <= value < 1e6 else None


@require_POST
def told(request: HttpRequest, token: str) -> HttpResponse:
    """Blocks and recorder of a film that is being made."""
    upload = _upload(request, token)
    form = ToldForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    tell(account_of(request), upload, **form.cleaned_data)
    return HttpResponse(status=204)


@require_POST
def camera(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether a camera gives pictures as in a mirror."""
    person_of(request, pk)
    form = CameraForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    know_camera(account_of(request), **form.cleaned_data)
    return HttpResponse(status=204)


@require_POST
def end(request: HttpRequest, token: str) -> HttpResponse:
    """Make a recording of what has arrived of a film that broke off."""
    upload = _upload(request, token)
    try:
        made = end_upload(account_of(request), upload)
    except FacialisError as error:
        return _page(request, upload.person, error)
    return redirect("recording", made.pk) if made is not None else redirect("film_now", upload.person_id)


@require_POST
def drop(request: HttpRequest, token: str) -> HttpResponse:
    """Throw away what has arrived of a film that broke off."""
    upload = _upload(request, token)
    discard(upload)
    return redirect("film_now", upload.person_id)


@require_POST
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Swap left and right of a recording, and measure it again."""
    recording = get_object_or_404(Recording.objects.visible_to(request.user).select_related("person"), pk=pk)
    try:
        set_mirrored(account_of(request), recording, mirrored=not recording.mirrored)
    except FacialisError:  # its film is gone: the page on which it is corrected says so
        return redirect("how_filmed", pk)
    return redirect("recording", pk)
