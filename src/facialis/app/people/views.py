"""People in the page: who there is, a new one, and letting one go."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from facialis.app.bin.deeds import bin_person, delete_person
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import add_person
from facialis.app.people.forms import PersonForm
from facialis.app.people.models import Person

__all__ = ["add", "delete", "home"]


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Whom this casebook follows; where it is one person, their page."""
    people = list(Person.objects.owned_by(request.user).filter(received_at=None).order_by("name"))
    if len(people) == 1:
        return redirect("person", people[0].pk)
    if not people:
        return redirect("shared_with_me" if account_of(request).clinician else "add_person")
    return render(request, "casebook/home.html", {"people": people})


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Begin with a person."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("person", add_person(account_of(request), form.cleaned_data["name"]).pk)
    people = Person.objects.owned_by(request.user).filter(received_at=None).exists()
    return render(
        request, "casebook/add_person.html", {"form": form, "first": not people}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask whether a person shall go, with all that is kept of them, and let them go."""
    person = person_of(request, pk)
    if request.method == "POST":
        now = request.POST.get("how") == "now"
        (delete_person if now else bin_person)(account_of(request), person)
        return redirect("home" if now else "bin")
    return render(request, "casebook/delete_person.html", {"person": person})
