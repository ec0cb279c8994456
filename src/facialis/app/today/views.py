"""A person's home page: the answer, the day to film, the diary in three taps, and all recordings."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from facialis.app.course.answers import standing_of
from facialis.app.course.content import shown_of
from facialis.app.course.keeping import today as this_day
from facialis.app.diary.views import quick_form
from facialis.app.experiment.content import standing_of as experiment_standing
from facialis.app.experiment.deeds import sheet_of
from facialis.app.experiment.views import day_forms
from facialis.app.history.deeds import write_history
from facialis.app.people.access import account_of, person_of
from facialis.app.people.folders import folder_of
from facialis.app.people.models import Person
from facialis.app.questionnaires.due import due_of
from facialis.app.sharing.access import guest_of
from facialis.app.today.content import film_of, now_of, weekday_choices
from facialis.app.today.reminders import WEEKDAYS, film_reminder

__all__ = ["answer", "choose_film_day", "film_day_ics", "recordings", "today"]

_SHOWN_RECORDINGS = 5  # chosen: all are a click away; 3 - 10
_ON_A_PAGE = 50  # chosen: a year of weeks; 20 - 100


@require_GET
def today(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's page: the answer in a sentence, what to do today, and the latest recordings."""
    if guest_of(request) is not None:
        return redirect("shared_person", pk)
    person = person_of(request, pk)
    page = _answered(person)
    film = film_of(page["standing"].said, person, this_day())
    latest = list(person.recordings.select_related("job")[: _SHOWN_RECORDINGS + 1])
    page |= {
        "film": film,
        "weekdays": weekday_choices(),
        "quick": quick_form(person),
        "noted": "noted" in request.GET,
        **_experiment(request, person),
        "due": due_of(person, this_day()),
        "recordings": latest[:_SHOWN_RECORDINGS],
        "more": len(latest) > _SHOWN_RECORDINGS,
    }
    return render(request, "casebook/person.html", page)


def _experiment(request: HttpRequest, person: Person) -> dict[str, Any]:
    """What the lot says of today, where an experiment goes on."""
    sheet = sheet_of(person)
    if sheet is None:
        return {}
    standing = experiment_standing(sheet, this_day())
    return {
        "experiment": standing,
        "experiment_forms": day_forms(standing, this_day()),
        "noted_experiment": "noted_experiment" in request.GET,
    }


def _answered(person: Person) -> dict[str, Any]:
    standing = standing_of(person)
    return {
        "person": person,
        "standing": standing,
        "shown": standing.shown(shown_of),
        "now": standing.shown(now_of),
    }


@require_GET
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """The answer in a sentence as soon as it is up to date; nothing while it is not."""
    page = _answered(person_of(request, pk))
    if not page["standing"].current:
        return HttpResponse(status=204)
    return render(request, "casebook/today_answer.html", page)


@require_POST
def choose_film_day(request: HttpRequest, pk: int) -> HttpResponse:
    """Film on another day of the week from now on."""
    person, chosen = person_of(request, pk), request.POST.get("weekday", "")
    if chosen in WEEKDAYS or not chosen:
        write_history(account_of(request), person, {"film_weekday": chosen})
    return redirect("person", pk)


@require_GET
def film_day_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """The day to film for a calendar; with the person's name only where that is asked for."""
    person = person_of(request, pk)
    film = film_of(standing_of(person).said, person, this_day())
    if film.next is None:
        raise Http404
    content = film_reminder(person, this_day() if film.due else film.next, named="named" in request.GET)
    named = content_disposition_header(as_attachment=True, filename=f"{folder_of(person)}.ics") or "attachment"
    return HttpResponse(content, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": named})


@require_GET
def recordings(request: HttpRequest, pk: int) -> HttpResponse:
    """All recordings of a person, the latest first."""
    person = person_of(request, pk)
    part = Paginator(person.recordings.select_related("job"), _ON_A_PAGE).get_page(request.GET.get("part"))
    return render(request, "casebook/recordings.html", {"person": person, "part": part})
