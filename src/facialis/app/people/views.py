"""People in the page: who there is, one person's day, a new one, and letting one go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from facialis.app.course.answers import answer_about
from facialis.app.course.content import shown_of
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import add_person, delete_person
from facialis.app.people.forms import PersonForm
from facialis.app.people.models import Person

__all__ = ["add", "delete", "home", "today"]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Whom this casebook follows; where it is one person, their page."""
    people = list(Person.objects.visible_to(request.user).order_by("name"))
    if len(people) == 1:
        return redirect("person", people[0].pk)
    return render(request, "casebook/home.html", {"people": people}) if people else redirect("add_person")


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Begin with a person."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("person", add_person(account_of(request), form.cleaned_data["name"]).pk)
    people = Person.objects.visible_to(request.user).exists()
    return render(
        request, "casebook/add_person.html", {"form": form, "first": not people}, status=422 if form.errors else 200
    )


@require_GET
def today(request: HttpRequest, pk: int) -> HttpResponse:
    """One person's page: the answer in a sentence, what to do today, and the recordings."""
    person = person_of(request, pk)
    recordings = person.recordings.select_related("job")
    page = {"person": person, "recordings": recordings, "shown": shown_of(answer_about(person))}
    return render(request, "casebook/person.html", page)


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a person shall go, with all that is kept of them, and let them go."""
    person = person_of(request, pk)
    if request.method == "POST":
        delete_person(account_of(request), person)
        return redirect("home")
    return render(request, "casebook/delete_person.html", {"person": person})
