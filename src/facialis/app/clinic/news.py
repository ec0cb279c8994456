"""What is new of whoever shares with a clinician since the clinician last looked, counted at once for all of them."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.reading import READ
from facialis.app.people.models import Row
from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step
from facialis.app.sharing.models import Share
from facialis.files.columns import DIARY, QUESTIONNAIRES, TREATMENTS

__all__ = ["LISTED", "shares_with_news"]

LISTED = "clinic_day"
"""What a look at the list is called in the trail: it is none at the person themselves."""


def shares_with_news(account: Account) -> QuerySet[Share]:
    """Shares that hold now, each with its person and what is new of them.

    ``looked_at`` is when the clinician last looked at anything of the person but the list (None: not yet), and
    ``new_recordings``, ``new_treatments``, ``new_questionnaires``, ``new_days`` count what has come since; what the
    clinician wrote is not new to them. ``waiting``: measured recordings that nobody has gone through, ``waits`` the
    latest of them. Whether each is shared is not looked at here.
    """
    looks = Entry.objects.filter(owner=account, person=OuterRef("person"), deed__startswith=READ)
    last = looks.exclude(deed=f"{READ}{LISTED}").order_by("-made_at").values("made_at")[:1]
    films = Recording.objects.filter(person=OuterRef("person"))
    gone_through = Step.objects.order_by().values("recording")
    open_films = films.filter(measured=True).exclude(pk__in=gone_through)
    found = Share.objects.now(account).select_related("person__received").annotate(looked_at=Subquery(last))
    # Whoever has not looked yet is told so, and not that all is new.
    found = found.annotate(since=Coalesce("looked_at", timezone.now()))
    return found.annotate(
        new_recordings=_count(films.filter(made_at__gt=OuterRef("since"))),
        new_treatments=_rows(account, TREATMENTS.file),
        new_questionnaires=_rows(account, QUESTIONNAIRES.file),
        new_days=_rows(account, DIARY.file),
        waiting=_count(open_films),
        waits=Subquery(open_films.order_by("-day", "-pk").values("pk")[:1]),
        whose=F("person__name"),
    )


def _rows(account: Account, file: str) -> Any:
    rows = Row.objects.filter(sheet__person=OuterRef("person"), sheet__file=file, made_at__gt=OuterRef("since"))
    return _count(rows.exclude(entered_by=account), group="sheet__person")


def _count(rows: Any, group: str = "person") -> Any:
    return Coalesce(Subquery(rows.order_by().values(group).annotate(times=Count("pk")).values("times")), 0)
