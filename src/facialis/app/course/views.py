"""The course in the page, the sheet for the visit, and everything as a folder to take away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from tempfile import TemporaryFile

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from facialis.app.course.answers import NoAnswer, answer_about, standing_of
from facialis.app.course.content import shown_of
from facialis.app.course.everything import write_everything
from facialis.app.course.guidance import guided, open_question
from facialis.app.history.deeds import answered_keys, write_history
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import Unread
from facialis.app.people.folders import folder_of
from facialis.app.people.models import Person
from facialis.app.sharing.access import guest_of
from facialis.app.sharing.limited import limited_standing
from facialis.core.knowledge import load
from facialis.core.person.answer import Answer
from facialis.report.person.clinician.sheet import render_clinician_pdf
from facialis.report.person.visit import render_visit_pdf

__all__ = ["answer_question", "clinician_pdf", "course", "folder_zip", "guide", "up_to_date", "visit_pdf"]


@require_GET
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """How the spasm goes on."""
    person = person_of(request, pk)
    standing = limited_standing(guest_of(request), standing_of(person))
    page = {"person": person, "standing": standing, "shown": standing.shown(shown_of)}
    return render(request, "casebook/course.html", page)


@require_GET
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """Who should look at it and how soon, why, what it looks like, and what to ask."""
    person = person_of(request, pk)
    standing = limited_standing(guest_of(request), standing_of(person))
    shown = standing.shown(guided)
    asked = request.GET.get("question", "")
    place = int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else 0
    page = {
        "person": person,
        "standing": standing,
        "shown": shown,
        "open": open_question(shown, place, answered_keys(person)) if shown else None,
    }
    return render(request, "casebook/guide.html", page)


@require_POST
def answer_question(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Answer one open question of the history, and go back to the guide for the next one."""
    person, given = person_of(request, pk), request.POST.get("answer", "")
    if key not in load("history.yaml"):
        raise Http404
    if given:
        with suppress(Unread):  # only what the page offers can be read
            write_history(account_of(request), person, {key: given})
    return redirect(reverse("guide", args=[pk]) + "#open")


@require_GET
def up_to_date(request: HttpRequest, pk: int) -> HttpResponse:
    """Has a page asked for again as soon as the answer is up to date; does nothing while it is not."""
    if not standing_of(person_of(request, pk)).current:
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_GET
def visit_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One sheet for the visit, for the person."""
    return _pdf(request, person_of(request, pk), render_visit_pdf, "visit")


@require_GET
def clinician_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One sheet for whoever is visited."""
    return _pdf(request, person_of(request, pk), render_clinician_pdf, "visit-clinician")


def _pdf(request: HttpRequest, person: Person, render_pdf: Callable[[Answer], bytes], name: str) -> HttpResponse:
    try:
        content = render_pdf(answer_about(person))
    except NoAnswer as error:
        return render(request, "casebook/no_sheet.html", {"person": person, "error": error}, status=503)
    name = f"{folder_of(person)}-{name}.pdf"
    shown = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": shown})


@require_GET
def folder_zip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything in one file: the folder as ``facialis course`` reads it, the films, all tables, and what they mean."""
    person = person_of(request, pk)
    try:
        said = answer_about(person)
    except NoAnswer:  # what was entered and filmed is handed out all the same
        said = None
    file = TemporaryFile(dir=settings.PLACE.temporary)  # noqa: SIM115 - closed by the answer, when it has been sent
    write_everything(person, said, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{folder_of(person)}.zip", content_type="application/zip")
