"""Backups in the page: when the last ones were made and where they lie, making one, and how to bring one back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from facialis.app.accounts.models import Account
from facialis.app.backup.automatic import copies, last_backup
from facialis.app.backup.deeds import back_up
from facialis.app.backup.forms import BackupForm
from facialis.app.backup.running import state
from facialis.app.people.access import account_of
from facialis.app.place import Place
from facialis.core.errors import FacialisError

__all__ = ["backup", "backup_now", "backup_progress"]


def _administrator(request: HttpRequest) -> Account:
    """Whoever looks after the accounts: a backup holds what belongs to all. For others there is no such page."""
    account = account_of(request)
    if not account.administrator:
        raise Http404
    return account


@require_GET
def backup(request: HttpRequest) -> HttpResponse:
    """When the last backups were made, where they lie, making one, and bringing one back."""
    _administrator(request)
    return _page(request, BackupForm(initial={"folder": Path.home()}))


@require_POST
def backup_now(request: HttpRequest) -> HttpResponse:
    """Begin a backup."""
    account, form = _administrator(request), BackupForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        back_up(account, form.cleaned_data["folder"], form.cleaned_data["passphrase"])
    except FacialisError as error:
        form.add_error(None, f"{error.message} {error.advice}".strip())
        return _page(request, form)
    return redirect("backup")


def _page(request: HttpRequest, form: BackupForm) -> HttpResponse:
    place: Place = settings.PLACE
    last = last_backup(place)
    page: dict[str, Any] = {"form": form, "state": state(), "last": last, "last_day": last and last.day_words}
    page |= {"copies": list(copies(place)), "folder": place.backups}
    return render(request, "casebook/backup.html", page, status=422 if form.errors else 200)


@require_GET
def backup_progress(request: HttpRequest) -> HttpResponse:
    """How far a backup is; the whole page is asked for again when it has ended."""
    _administrator(request)
    now = state()
    answer = render(request, "casebook/backup_progress.html", {"state": now})
    if now is None or now.done:
        answer["HX-Refresh"] = "true"
    return answer
