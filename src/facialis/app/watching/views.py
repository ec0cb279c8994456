"""What the page of a recording loads besides: the copy that plays, times of frames, curves, and loops of events."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from facialis.app.jobs.progress import read_progress
from facialis.app.people.access import account_of
from facialis.app.recordings.media import ranged
from facialis.app.recordings.models import Recording
from facialis.app.watching.clips import clips_of
from facialis.app.watching.curves import frame_times, signals_of
from facialis.app.watching.deeds import ask_for_copy, ask_for_loop
from facialis.app.watching.loops import event_named, kept_loop, name_of
from facialis.app.watching.making import making
from facialis.app.watching.models import Viewing
from facialis.app.watching.playback import copy_reader
from facialis.app.watching.preparing import progress_number
from facialis.core.errors import FacialisError, FormatError

__all__ = ["clip", "copy", "copy_progress", "loop", "loops", "make_copy", "signals", "times"]

_NUMBERS = "application/octet-stream"


def _recording(request: HttpRequest, pk: int) -> Recording:
    found = Recording.objects.visible_to(request.user).filter(measured=True).select_related("person")
    return get_object_or_404(found, pk=pk)


@require_safe
def copy(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The copy that was made for the page, in whatever part a player asks for."""
    recording = _recording(request, pk)
    found = copy_reader(recording)
    if found is None:
        raise Http404
    return ranged(request, *found, "video/mp4")


@require_POST
def make_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a copy be made that this browser can play."""
    ask_for_copy(account_of(request), _recording(request, pk))
    return redirect("recording", pk)


@require_GET
def copy_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the copy is; a way to it when it is there. The page stays, as somebody may be reviewing."""
    recording = _recording(request, pk)
    viewing = Viewing.objects.filter(recording=recording).first()
    page = {"recording": recording, "viewing": viewing, "copying": read_progress(progress_number(recording))}
    return render(request, "casebook/copying.html", page)


@require_GET
def times(request: HttpRequest, pk: int) -> HttpResponse:
    """When each frame is shown, as doubles."""
    try:
        return HttpResponse(frame_times(_recording(request, pk)), content_type=_NUMBERS)
    except (FormatError, OSError) as error:
        raise Http404 from error


@require_GET
def signals(request: HttpRequest, pk: int) -> HttpResponse:
    """All curves, as floats behind a head."""
    try:
        return HttpResponse(signals_of(_recording(request, pk)), content_type=_NUMBERS)
    except (FormatError, OSError) as error:
        raise Http404 from error


@require_GET
def clip(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The pictures of an event's loop, side by side: as it was, and below it magnified."""
    found = clips_of(_recording(request, pk)).get(number - 1)
    if found is None:
        raise Http404
    return HttpResponse(found.image, content_type=found.mime)


@require_http_methods(["GET", "POST"])
def loops(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the loop of an event is that the result has none of; asked by POST, it is made."""
    recording = _recording(request, pk)
    try:
        event = event_named(recording, request.GET.get("of", ""))
        if event is None or not recording.container:
            raise Http404
        name = name_of(recording, event)
        if request.method == "POST" and kept_loop(recording, name) is None:
            ask_for_loop(account_of(request), recording, event)
        return JsonResponse(_loop_state(recording, name))
    except FacialisError as error:
        return JsonResponse({"state": "failed", "words": f"{error.message} {error.advice}".strip()})


def _loop_state(recording: Recording, name: str) -> dict[str, object]:
    made, clip = making(recording, name), kept_loop(recording, name)
    if clip is not None:
        address = reverse("loop", args=[recording.pk, name])
        told = {"tiles": clip.tiles, "width": clip.tile_width_px, "height": clip.tile_height_px, "factor": clip.factor}
        return {"state": "ready", "loop": address, "loopS": clip.stop_s - clip.start_s, **told}
    if made is None:
        return {"state": "none"}
    if made.done.is_set():
        error = made.error
        return {"state": "failed", "words": "" if error is None else f"{error.message} {error.advice}".strip()}
    return {"state": "making", "percent": made.progress.percent, "left": made.progress.left_words}


@require_GET
def loop(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The pictures of a loop that was made for the page."""
    found = kept_loop(_recording(request, pk), name) if name.isalnum() else None
    if found is None:
        raise Http404
    return HttpResponse(found.image, content_type=found.mime)
