"""Treatments in the page: those there were, and one to write down or to change."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from facialis.app.diary.deeds import add_treatment, change_treatment
from facialis.app.diary.rows import removed_of, treatments_of
from facialis.app.diary.treatment_forms import TreatmentForm
from facialis.app.people.access import account_of, person_of
from facialis.app.people.deeds import Unread
from facialis.app.people.models import Person, Row
from facialis.app.people.sheets import cells_of
from facialis.files.columns import TREATMENTS

__all__ = ["treatment", "treatments"]


@require_http_methods(["GET", "POST"])
def treatments(request: HttpRequest, pk: int) -> HttpResponse:
    """Treatments, and one more to write down."""
    person = person_of(request, pk)
    form = TreatmentForm({}, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_treatment(account_of(request), person, form.cells())
            return redirect("treatments", pk)
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    page = {"person": person, "form": form, "rows": treatments_of(person), "removed": removed_of(request, person)}
    return render(request, "casebook/treatments.html", page, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def treatment(request: HttpRequest, pk: int) -> HttpResponse:
    """One treatment to change."""
    rows = Row.objects.visible_to(request.user).filter(sheet__file=TREATMENTS.file)
    row = get_object_or_404(rows.select_related("sheet__person"), pk=pk)
    person: Person = row.sheet.person
    before = next(cells for found, cells in cells_of(row.sheet) if found.pk == row.pk)
    form = TreatmentForm(before, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_treatment(account_of(request), row, {**before, **form.cells()})
            return redirect("treatments", person.pk)
        except Unread as error:
            form.add_error(None, [problem.message for problem in error.problems])
    page = {"person": person, "form": form, "row": row}
    return render(request, "casebook/treatment.html", page, status=422 if form.errors else 200)
