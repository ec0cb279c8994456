"""The clinic in the page: the day, and one person of it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from facialis.app.bundle.content import came_words
from facialis.app.bundle.models import Received
from facialis.app.clinic.asking import asked_of
from facialis.app.clinic.day import day_of, urgency_words
from facialis.app.clinic.entering import BEGUN_WITH, enter
from facialis.app.clinic.letters import letters_of
from facialis.app.course.answers import standing_of
from facialis.app.course.content import shown_of
from facialis.app.diary.rows import treatments_of
from facialis.app.diary.treatment_forms import TreatmentForm
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import Unread
from facialis.app.sharing.access import guest_of
from facialis.app.sharing.content import issued_by, lasts_words, scope_words
from facialis.app.sharing.limited import limited_standing

__all__ = ["day", "enter_treatment", "person"]

_LATEST = 5  # chosen: all are a click away; 3 - 10


@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """A clinic's day: who shares, and of whom something is to be said."""
    account, asked = account_of(request), asked_of(request)
    page = {
        "day": day_of(account, asked),
        "asked": asked,
        "issued": issued_by(account),
        "over": "over" in request.GET,
    }
    return render(request, "casebook/clinic_day.html", page)


@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who shares with the account: what there is to see, and the sheet to issue."""
    person, share = person_of(request, pk), guest_of(request)
    if share is None:
        return redirect("person", pk)
    page = {"person": person, "share": share, "what": scope_words(share.scopes), "until": lasts_words(share.ends_at)}
    page |= {done: done in request.GET for done in ("entered", "just_issued")}
    page["received"], page["came"] = Received.objects.filter(person=person).first(), came_words(person)
    if share.course:
        page["standing"] = standing = limited_standing(share, standing_of(person))
        page["shown"] = shown = standing.shown(shown_of)
        page["urgency"] = "" if shown is None else urgency_words("emergency" if shown.help_now else shown.urgency)
    if share.recordings:
        page["recordings"] = person.recordings.select_related("job")[:_LATEST]
    if share.course:
        page["letters"], page["treated"] = standing.shown(letters_of), treatments_of(person, _LATEST)
    page["issued"] = [row for row in issued_by(account_of(request)) if row[0].person_id == pk]
    return render(request, "casebook/shared_person.html", page)


@require_http_methods(["GET", "POST"])
def enter_treatment(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter what was done, as the clinician of somebody who allows it."""
    person = person_of(request, pk)
    if guest_of(request) is None:
        return redirect("treatments", pk)
    what = request.GET.get("what", "")
    form = TreatmentForm(BEGUN_WITH.get(what, BEGUN_WITH["toxin"]), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            enter(account_of(request), person, form.cells())
            return redirect(f"{reverse('shared_person', args=[pk])}?entered=1#treatments")
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    page = {"person": person, "form": form, "words": what == "mri"}
    return render(request, "casebook/enter_treatment.html", page, status=422 if form.errors else 200)
