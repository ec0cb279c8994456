"""What a clinician issues of somebody: kept as it was on that day, sealed, in the clinic's record."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.course.answers import answer_about
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.sharing.access import share_with
from facialis.app.sharing.limited import limited
from facialis.app.sharing.models import Issued
from facialis.app.vault.installation import KEY_BYTES, installation_key
from facialis.app.vault.wrapping import unwrapped, wrapped
from facialis.report.person.clinician.sheet import render_clinician_pdf

__all__ = ["SHEET", "issue", "issue_sheet", "keep_answer", "read_issued"]

SHEET = "sheet"


def issue_sheet(account: Account, person: Person) -> Issued:
    """Issue the sheet for the clinician, of what is shared.

    Raises
    ------
    PermissionDenied
        The course is not shared with the account.
    NoAnswer
        There is nothing to say now.
    """
    share = share_with(account, person, "course")
    if share is None:
        raise PermissionDenied
    return issue(account, person, SHEET, render_clinician_pdf(limited(share, answer_about(person))))


def issue(account: Account, person: Person, kind: str, content: bytes, mime: str = "application/pdf") -> Issued:
    """Keep something that a clinician made of a person, as it is now.

    Parameters
    ----------
    account
        Who issues it; something of the person has to be shared with them.
    person
        Whom it is about.
    kind
        What it is: the sentence ``app_issued_…`` names it.
    content
        The whole file.
    mime
        What kind of file.
    """
    if share_with(account, person) is None:
        raise PermissionDenied
    with transaction.atomic():
        made = _keep(account, person, kind, content, mime)
        note(account, f"issued_{kind}", made.pk, person=person)
    return made


def keep_answer(account: Account, person: Person, kind: str, content: bytes, *, sender: str, secret: str) -> Issued:
    """Keep what somebody on another computer issued of one's own person; ``sender``: who they say they are."""
    own(account, person)
    mime = "application/pdf" if kind == SHEET else "text/plain; charset=utf-8"
    return _keep(account, person, kind, content, mime, sender=sender, secret=secret)


def _keep(account: Account, person: Person, kind: str, content: bytes, mime: str, **came: str) -> Issued:
    mark, key = secrets.token_hex(16), secrets.token_bytes(KEY_BYTES)
    return Issued.objects.create(
        owner=account,
        person=person,
        data_of=person.owner_id,
        whose=person.name,
        kind=kind,
        mime=mime,
        mark=mark,
        wrapped=wrapped(installation_key(settings.PLACE.vault), key, f"issued {mark}"),
        content=wrapped(key, content, mark),
        **came,
    )


def read_issued(issued: Issued) -> bytes:
    """The file, as it was issued; FormatError where the installation's key is another one now."""
    key = unwrapped(installation_key(settings.PLACE.vault), bytes(issued.wrapped), f"issued {issued.mark}")
    return unwrapped(key, bytes(issued.content), issued.mark)
