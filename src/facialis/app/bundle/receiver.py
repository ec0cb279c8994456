"""Bundles in the page, for whoever receives: their address, a file that comes in, a look at it, and a yes or no."""

from __future__ import annotations

from base64 import b64encode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from facialis.app.bundle.addresses import address_of, fingerprint
from facialis.app.bundle.arriving import begin, discard, here_bytes, look, take, take_whole
from facialis.app.bundle.content import arrived_of
from facialis.app.bundle.models import Arrival, Received
from facialis.app.bundle.taking import accept, delete_received
from facialis.app.people.access import account_of
from facialis.app.recordings import tus
from facialis.app.recordings.arrivals import NEXT
from facialis.app.recordings.uploads import MOST_PIECE_BYTES, WrongOffset
from facialis.core.errors import FacialisError, OutputError
from facialis.report.drawing.code import code_svg

__all__ = ["arrival", "arrivals", "arrived", "delete", "receive"]


@require_http_methods(["GET", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    """One's own address, and a file from another casebook; a small one also comes as a form."""
    account, problem = account_of(request), ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            coming = take_whole(account, file.size or 0, file.chunks()) if file else take_whole(account, 0, ())
            look(account, coming)
            return redirect("arrived", coming.token)
        except FacialisError as error:
            problem = str(error)
    address = address_of(account)
    page = {
        "recipient": address.recipient,
        "fingerprint": fingerprint(address.recipient),
        "code": b64encode(code_svg(address.recipient).encode()).decode(),
        "piece": MOST_PIECE_BYTES,
        "problem": problem,
        "done": request.GET.get("done", ""),
    }
    return render(request, "casebook/receive.html", page, status=422 if problem else 200)


@require_POST
def arrivals(request: HttpRequest) -> HttpResponse:
    """Announce a bundle; the answer says where to send it."""
    try:
        tus.check_version(request)
        size_bytes = tus.length_of(request)
        if size_bytes is None:
            raise tus.NotTus(400)
        made = begin(account_of(request), size_bytes)
    except tus.NotTus as error:
        return tus.answered(error.status, Tus_Version=tus.VERSION)
    except FacialisError as error:
        return tus.refused(error)
    return tus.answered(201, Location=reverse("arrival", args=[made.token]))


@require_http_methods(["HEAD", "PATCH", "DELETE"])
def arrival(request: HttpRequest, token: str) -> HttpResponse:
    """A bundle that is coming in: how much is here, the next piece, or no more of it."""
    coming = get_object_or_404(Arrival.objects.owned_by(request.user), token=token)
    try:
        tus.check_version(request)
        if request.method == "PATCH":
            return _piece(request, coming)
    except tus.NotTus as error:
        return tus.answered(error.status, Tus_Version=tus.VERSION)
    if request.method == "DELETE":
        discard(coming)
        return tus.answered(204)
    return tus.answered(200, Upload_Offset=here_bytes(coming), Upload_Length=coming.size_bytes)


def _piece(request: HttpRequest, coming: Arrival) -> HttpResponse:
    try:
        here = take(coming, tus.offset_of(request), request)
        answer = tus.answered(204, Upload_Offset=here)
        if here == coming.size_bytes:
            look(account_of(request), coming)
            answer.headers[NEXT] = reverse("arrived", args=[coming.token])
        return answer
    except WrongOffset:
        return tus.answered(409, Upload_Offset=here_bytes(coming))
    except OutputError as error:  # the disk is full: what has arrived stays, and goes on when there is room
        return tus.refused(error)
    except FacialisError as error:
        discard(coming)
        return tus.refused(error)


@require_http_methods(["GET", "POST"])
def arrived(request: HttpRequest, token: str) -> HttpResponse:
    """What came, by whom it says it is and what is in it; taken in, or not."""
    account = account_of(request)
    coming = get_object_or_404(Arrival.objects.owned_by(account), token=token)
    if coming.facts is None:
        raise Http404
    if request.method == "POST" and "refuse" in request.POST:
        discard(coming)
        return redirect(f"{reverse('receive')}?done=refused")
    problem = ""
    shown = arrived_of(coming)
    if request.method == "POST":
        try:
            person = accept(account, coming)
            return redirect("sharing" if shown.answer else "shared_person", person.pk)
        except FacialisError as error:
            problem = str(error)
    page = {"arrived": shown, "problem": problem, "coming": coming}
    return render(request, "casebook/arrived.html", page, status=422 if problem else 200)


@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Let go of somebody who was received, now."""
    account = account_of(request)
    delete_received(account, get_object_or_404(Received.objects.owned_by(account).select_related("person"), pk=pk))
    return redirect("shared_with_me")
