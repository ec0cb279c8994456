"""A film on its way in, as the page sends it: announced, continued after a lost network, ended or given up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from facialis.app.people.access import account_of, person_of
from facialis.app.recordings import tus
from facialis.app.recordings.asked import UploadForm
from facialis.app.recordings.deeds import add_recording, begin_upload, say_length
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import Busy, WrongChecksum, WrongOffset, discard, here_bytes, take_piece
from facialis.core.errors import FacialisError, OutputError

__all__ = ["NEXT", "upload", "uploads"]

NEXT = "Casebook-Next"
"""The header that leads to the recording that has become of a film."""


def _upload(request: HttpRequest, token: str) -> Upload:
    return get_object_or_404(Upload.objects.visible_to(request.user).select_related("person"), token=token)


@require_http_methods(["POST", "OPTIONS"])
def uploads(request: HttpRequest, pk: int) -> HttpResponse:
    """Announce a film of a person; the answer says where to send it."""
    person = person_of(request, pk)
    if request.method == "OPTIONS":
        return tus.capabilities()
    try:
        tus.check_version(request)
        form, size_bytes = UploadForm(tus.metadata_of(request)), tus.length_of(request)
        if size_bytes is None and request.headers.get("Upload-Defer-Length") != "1":
            raise tus.NotTus(400)
        if not form.is_valid():
            message = " ".join(str(line) for lines in form.errors.values() for line in lines)
            return JsonResponse({"message": message}, status=422)
        made = begin_upload(account_of(request), person, size_bytes=size_bytes, **form.cleaned_data)
    except tus.NotTus as error:
        return tus.answered(error.status, Tus_Version=tus.VERSION)
    except FacialisError as error:
        return tus.refused(error)
    return tus.answered(201, Location=reverse("upload", args=[made.token]))


@require_http_methods(["HEAD", "PATCH", "DELETE", "OPTIONS"])
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """A film that is coming in: how much is here (HEAD), the next piece (PATCH), or no more of it (DELETE)."""
    made = Recording.objects.owned_by(request.user).filter(token=token).first()
    if made is not None and request.method in ("HEAD", "PATCH"):
        return _whole(made)  # the answer to its last piece was lost on the way
    coming = _upload(request, token)
    try:
        if request.method == "OPTIONS":
            return tus.capabilities()
        tus.check_version(request)
        if request.method == "PATCH":
            return _piece(request, coming)
    except tus.NotTus as error:
        return tus.answered(error.status, Tus_Version=tus.VERSION)
    if request.method == "DELETE":
        discard(coming)
        return tus.answered(204)
    return _standing(coming)


def _standing(coming: Upload) -> HttpResponse:
    size = {"Upload_Defer_Length": 1} if coming.size_bytes is None else {"Upload_Length": coming.size_bytes}
    return tus.answered(200, Upload_Offset=here_bytes(coming), **size)


def _whole(made: Recording) -> HttpResponse:
    size = made.size_bytes
    answer = tus.answered(204, Upload_Offset=size, Upload_Length=size)
    answer.headers[NEXT] = reverse("recording", args=[made.pk])
    return answer


def _piece(request: HttpRequest, coming: Upload) -> HttpResponse:
    offset, length, digest = tus.offset_of(request), tus.length_of(request), tus.digest_of(request)
    try:
        if length is not None:
            say_length(coming, length)
        here = take_piece(coming, offset, request, digest)
        if here != coming.size_bytes:
            return tus.answered(204, Upload_Offset=here)
        return _whole(add_recording(account_of(request), coming))
    except WrongOffset:
        return tus.answered(409, Upload_Offset=here_bytes(coming))
    except Busy:
        return tus.answered(423)
    except WrongChecksum:
        return tus.answered(460)
    except OutputError as error:  # the disk is full: what has arrived stays, and goes on when there is room
        return tus.refused(error)
    except FacialisError as error:
        discard(coming)
        return tus.refused(error)
