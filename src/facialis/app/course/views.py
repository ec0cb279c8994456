"""The course in the page, the sheet for the visit, and everything as a folder to take away."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from facialis.app.course.answers import answer_about
from facialis.app.course.content import shown_of
from facialis.app.course.guidance import guided
from facialis.app.people.access import person_of
from facialis.app.people.folders import folder_of, laid_out
from facialis.report.person.clinician.sheet import render_clinician_pdf
from facialis.report.person.visit import render_visit_pdf

__all__ = ["clinician_pdf", "course", "folder_zip", "guide", "visit_pdf"]


@require_GET
def course(request: HttpRequest, pk: int) -> HttpResponse:
    """How the spasm goes on."""
    person = person_of(request, pk)
    return render(request, "casebook/course.html", {"person": person, "shown": shown_of(answer_about(person))})


@require_GET
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    """Who should look at it and how soon, why, what it looks like, and what to ask."""
    person = person_of(request, pk)
    return render(request, "casebook/guide.html", {"person": person, "shown": guided(answer_about(person))})


@require_GET
def visit_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One sheet for the visit, for the person."""
    person = person_of(request, pk)
    return _pdf(render_visit_pdf(answer_about(person)), f"{folder_of(person)}-visit.pdf")


@require_GET
def clinician_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One sheet for whoever is visited."""
    person = person_of(request, pk)
    return _pdf(render_clinician_pdf(answer_about(person)), f"{folder_of(person)}-visit-clinician.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    shown = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": shown})


@require_GET
def folder_zip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Everything as a folder, as ``facialis course`` reads it, with the films in it, in one file."""
    person = person_of(request, pk)
    file = TemporaryFile(dir=settings.PLACE.temporary)  # noqa: SIM115 - closed by the answer, when it has been sent
    with laid_out(person, whole=True) as folder, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for path in sorted(folder.rglob("*")):
            made.write(path, Path(folder.name) / path.relative_to(folder))
        for recording in person.recordings.all():
            if recording.film.is_file():
                ending = Path(recording.shown_name).suffix[1:8]
                ending = f".{ending}" if ending.isascii() and ending.isalnum() else ""  # chosen by whoever sent it
                name = f"{folder.name}/films/{recording.name}{ending}"
                made.write(recording.film, name, zipfile.ZIP_STORED)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{folder_of(person)}.zip", content_type="application/zip")
