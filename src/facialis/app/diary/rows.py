"""Rows in the page: treatments as they stand, and removing a row and putting it back."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from facialis.app.accounts.models import Account
from facialis.app.diary.treatment_forms import kind_in_words
from facialis.app.people.access import account_of
from facialis.app.people.deeds import delete_row, put_back
from facialis.app.people.models import Person, RemovedRow, Row
from facialis.app.people.sheets import cells_of, sheet_for
from facialis.core.knowledge import wording
from facialis.files.columns import DIARY, QUESTIONNAIRES, TREATMENTS

__all__ = ["Treated", "put_row_back", "remove_row", "removed_of", "treatments_of"]

_PAGES = {DIARY.file: "diary", TREATMENTS.file: "treatments", QUESTIONNAIRES.file: "questionnaires"}


@dataclass(frozen=True)
class Treated:
    """A treatment: its row, its kind in words, its cells, and who entered it (empty: whose it is)."""

    row: Row
    kind: str
    cells: dict[str, str]
    by: str


def treatments_of(person: Person, last: int | None = None) -> list[Treated]:
    """Treatments of a person, what was written last first."""
    found = cells_of(sheet_for(person, TREATMENTS), last=last)
    numbers = {row.entered_by_id for row, _ in found if row.entered_by_id is not None}
    names = {
        account.pk: account.name if account.closed_at is None else wording("app_seen_gone")
        for account in Account.objects.filter(pk__in=numbers)
    }
    return [
        Treated(row, kind_in_words(cells.get("kind", "")), cells, names.get(row.entered_by_id or 0, ""))
        for row, cells in reversed(found)
    ]


@require_POST
def remove_row(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a day of the diary, a treatment or a questionnaire."""
    row = get_object_or_404(Row.objects.visible_to(request.user).select_related("sheet__person"), pk=pk)
    removed = delete_row(account_of(request), row)
    page = reverse(_PAGES.get(row.sheet.file, "person"), args=[row.sheet.person_id])
    return redirect(f"{page}?removed={removed.pk}")


@require_POST
def put_row_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a row back that was removed."""
    removed = get_object_or_404(RemovedRow.objects.visible_to(request.user).select_related("sheet__person"), pk=pk)
    put_back(account_of(request), removed)
    return redirect(_PAGES.get(removed.sheet.file, "person"), removed.sheet.person_id)


def removed_of(request: HttpRequest, person: Person) -> RemovedRow | None:
    """The row that has just been removed, if the page was reached by that."""
    asked = request.GET.get("removed", "")
    known = asked.isascii() and asked.isdecimal() and len(asked) < 16
    return RemovedRow.objects.filter(sheet__person=person, pk=asked).first() if known else None
