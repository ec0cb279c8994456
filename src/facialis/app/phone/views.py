"""From my phone, on the desk's side: a code to photograph, how far the film is, and taking the link back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from facialis.app.people.access import account_of, person_of
from facialis.app.phone.content import open_link_of, standing_of
from facialis.app.phone.deeds import end_link
from facialis.app.phone.door import DOOR, open_door
from facialis.app.phone.models import PhoneLink
from facialis.core.errors import FacialisError
from facialis.report.drawing.code import code_svg

__all__ = ["code", "phone", "revoke", "state"]


@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The page with the code; opening a link shows it."""
    person = person_of(request, pk)
    if request.method == "GET":
        return render(request, "casebook/phone.html", {"person": person, "standing": standing_of(person)})
    try:
        open_door(account_of(request), person)
    except FacialisError as error:
        page = {"person": person, "standing": standing_of(person), "problem": error}
        return render(request, "casebook/phone.html", page, status=error.http_status)
    return redirect("phone", pk)


@require_GET
def code(request: HttpRequest, pk: int) -> HttpResponse:
    """The address of the open link as a code for a camera."""
    link = open_link_of(person_of(request, pk))
    if link is None:
        raise Http404
    return HttpResponse(code_svg(DOOR.url(link)), content_type="image/svg+xml")


@require_GET
def state(request: HttpRequest, pk: int) -> HttpResponse:
    """How it stands; a film that has come leads to its page, and a link that has ended to the page anew."""
    person = person_of(request, pk)
    standing = standing_of(person)
    answer = render(request, "casebook/phone_state.html", {"person": person, "standing": standing})
    link = standing.link
    if link is not None and link.state == PhoneLink.State.USED and link.recording_id is not None:
        answer["HX-Redirect"] = reverse("recording", args=[link.recording_id])
    elif not standing.url:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the open link back."""
    person, account = person_of(request, pk), account_of(request)
    link = open_link_of(person)
    if link is not None:
        end_link(account, link, PhoneLink.State.REVOKED)
        DOOR.close(link)
    return redirect("phone", pk)
