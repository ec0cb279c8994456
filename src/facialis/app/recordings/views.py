"""Recordings in the page: adding one, its page, its film and files, and deleting it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from facialis.app.bin.deeds import bin_recording, delete_recording
from facialis.app.filming.shown import filmed_of
from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import read_progress
from facialis.app.people.access import account_of, person_of
from facialis.app.people.models import Person
from facialis.app.recordings.asked import UploadForm, as_asked
from facialis.app.recordings.content import shown_of
from facialis.app.recordings.media import TYPES, ranged
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import film_to_hand_out, result_reader
from facialis.app.recordings.uploads import MOST_PIECE_BYTES
from facialis.app.review.content import review_of
from facialis.app.review.forms import EventForm, StretchForm
from facialis.app.sharing.access import guest_of
from facialis.app.watching.keys import key_words, part_keys
from facialis.app.watching.playback import played_of
from facialis.app.watching.preparing import progress_number
from facialis.core.errors import FormatError

__all__ = ["add", "delete", "film", "result_file", "show"]

_FILES = {
    "report.html": "text/html",
    "events.tsv": "text/tab-separated-values",
    "session.json": "application/json",
    "signals.parquet": "application/vnd.apache.parquet",
}


def _recording(request: HttpRequest, pk: int) -> Recording:
    return get_object_or_404(Recording.objects.visible_to(request.user).select_related("person"), pk=pk)


@require_GET
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """The page on which a film is chosen."""
    person = person_of(request, pk)
    told = {"day": date.today(), "filmed": "planned", "alone": "", **_usual(person)}  # noqa: DTZ011 - their own day
    form = UploadForm(initial=told)
    return render(request, "casebook/upload.html", {"person": person, "form": form, "piece": MOST_PIECE_BYTES})


def _usual(person: Person) -> dict[str, str]:
    """What was said last of a film that came as a file: the same camera, as a rule, and the same way from it."""
    asked = person.recordings.exclude(mirrored=None).exclude(container="").filter(capture={})
    last = asked.order_by("-made_at").first()
    return {} if last is None else {name: as_asked(name, getattr(last, name)) for name in ("mirrored", "as_filmed")}


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A recording: the answer first; or how far it is, or why it could not be measured."""
    recording = _recording(request, pk)
    job = Job.objects.filter(recording=recording).first()
    page: dict[str, Any] = {
        "recording": recording,
        "person": recording.person,
        "job": job,
        "filmed": filmed_of(recording),
        "played": played_of(recording),
    }
    if job is not None and job.is_open:
        page["progress"] = read_progress(job.pk)
    elif recording.measured:
        try:
            page["shown"] = shown_of(recording)
            page["review"] = review_of(recording, by_doubt=request.GET.get("order") == "doubt")
            page["form"] = StretchForm(duration_s=0.0)
            page["event_form"] = EventForm(
                duration_s=0.0, initial={"side": page["review"].usual_side}, auto_id="new_%s"
            )
            guest = guest_of(request) is not None
            page["key_words"], page["part_keys"] = key_words(guest=guest), () if guest else part_keys()
            page["copying"] = read_progress(progress_number(recording))
        except (FormatError, OSError) as error:
            page["broken"] = str(error)
    return render(request, "casebook/recording.html", page)


@require_safe
def film(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The film as it came, in whatever part a player asks for."""
    recording = _recording(request, pk)
    if not recording.film.is_file():
        raise Http404
    mark = f"{recording.film.stat().st_mtime_ns:x}"
    return ranged(
        request, film_to_hand_out(recording), mark, TYPES.get(recording.container, "application/octet-stream")
    )


@require_GET
def result_file(request: HttpRequest, pk: int, name: str) -> HttpResponseBase:
    """A file of the result, to be kept: the stand-alone report has styles of its own, and is not shown in the app."""
    recording = _recording(request, pk)
    if name not in _FILES or not (recording.result / name).is_file():
        raise Http404
    shown = f"{recording.name}-{name}"
    return FileResponse(result_reader(recording, name), as_attachment=True, filename=shown, content_type=_FILES[name])


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a recording shall go, and let it go."""
    recording = _recording(request, pk)
    if request.method == "POST":
        now = request.POST.get("how") == "now"
        (delete_recording if now else bin_recording)(account_of(request), recording)
        return redirect("person", recording.person_id) if now else redirect("bin")
    return render(request, "casebook/delete_recording.html", {"recording": recording, "person": recording.person})
