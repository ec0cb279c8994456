"""Recordings in the page: adding one, its page, its film and files, and deleting it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import read_progress
from facialis.app.people.access import account_of, person_of
from facialis.app.recordings.content import shown_of
from facialis.app.recordings.deeds import add_recording, begin_upload, delete_recording
from facialis.app.recordings.forms import UploadForm
from facialis.app.recordings.media import TYPES, ranged
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import MOST_PIECE_BYTES, WrongOffset, discard, here_bytes, take_piece
from facialis.app.review.content import review_of
from facialis.app.review.forms import StretchForm
from facialis.core.errors import FacialisError, FormatError

__all__ = ["add", "delete", "film", "result_file", "show", "upload"]

_FILES = {
    "report.html": "text/html",
    "events.tsv": "text/tab-separated-values",
    "session.json": "application/json",
    "signals.parquet": "application/vnd.apache.parquet",
}


def _recording(request: HttpRequest, pk: int) -> Recording:
    return get_object_or_404(Recording.objects.visible_to(request.user).select_related("person"), pk=pk)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """The page on which a film is chosen; announcing it gives the place to send it to."""
    person = person_of(request, pk)
    if request.method == "GET":
        form = UploadForm(initial={"day": date.today(), "filmed": "planned"})  # noqa: DTZ011 - their own calendar day
        return render(request, "casebook/upload.html", {"person": person, "form": form, "piece": MOST_PIECE_BYTES})
    form = UploadForm(request.POST)
    if not form.is_valid():
        return JsonResponse(
            {"message": " ".join(str(line) for lines in form.errors.values() for line in lines)}, status=422
        )
    told = {**form.cleaned_data, "size_bytes": form.cleaned_data["size_bytes"] or 0}
    try:
        made = begin_upload(account_of(request), person, **told)
    except FacialisError as error:
        return JsonResponse({"message": str(error)}, status=error.http_status)
    return JsonResponse({"url": reverse("upload", args=[made.token])}, status=201)


@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """A film that is coming in: how much is here (HEAD), the next piece (PATCH), or no more of it (DELETE)."""
    coming = get_object_or_404(Upload.objects.visible_to(request.user), token=token)
    if request.method == "PATCH":
        return _piece(request, coming)
    if request.method == "DELETE":
        discard(coming)
        return HttpResponse(status=204)
    return HttpResponse(headers={"Upload-Offset": str(here_bytes(coming))})


def _piece(request: HttpRequest, coming: Upload) -> HttpResponse:
    try:
        here = take_piece(coming, _offset(request), request)
        if here < coming.size_bytes:
            return HttpResponse(status=204, headers={"Upload-Offset": str(here)})
        made = add_recording(account_of(request), coming)
    except WrongOffset:
        return HttpResponse(status=409, headers={"Upload-Offset": str(here_bytes(coming))})
    except FacialisError as error:
        discard(coming)
        return JsonResponse({"message": str(error)}, status=error.http_status)
    return JsonResponse({"next": reverse("recording", args=[made.pk])}, status=201)


def _offset(request: HttpRequest) -> int:
    text = request.headers.get("Upload-Offset", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A recording: the answer first; or how far it is, or why it could not be measured."""
    recording = _recording(request, pk)
    job = Job.objects.filter(recording=recording).first()
    page: dict[str, Any] = {
        "recording": recording,
        "person": recording.person,
        "job": job,
        "type": TYPES.get(recording.container, ""),
    }
    if job is not None and job.is_open:
        page["progress"] = read_progress(job.pk)
    elif recording.measured:
        try:
            page["shown"] = shown_of(recording)
            page["review"] = review_of(recording, by_doubt=request.GET.get("order") == "doubt")
            page["form"] = StretchForm(duration_s=0.0)
        except (FormatError, OSError) as error:
            page["broken"] = str(error)
    return render(request, "casebook/recording.html", page)


@require_safe
def film(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The film as it came, in whatever part a player asks for."""
    recording = _recording(request, pk)
    if not recording.film.is_file():
        raise Http404
    return ranged(request, recording.film, TYPES.get(recording.container, "application/octet-stream"))


@require_GET
def result_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A file of the result, to be kept: the stand-alone report has styles of its own, and is not shown in the app."""
    recording = _recording(request, pk)
    path = recording.result / name
    if name not in _FILES or not path.is_file():
        raise Http404
    shown = f"{recording.name}-{name}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=shown, content_type=_FILES[name])


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a recording shall go, and let it go."""
    recording = _recording(request, pk)
    if request.method == "POST":
        delete_recording(account_of(request), recording)
        return redirect("person", recording.person_id)
    return render(request, "casebook/delete_recording.html", {"recording": recording, "person": recording.person})
