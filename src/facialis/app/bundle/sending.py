"""What can be done to send part of a person's record to another computer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.bundle.addresses import address_of, checked
from facialis.app.bundle.contents import sources
from facialis.app.bundle.manifest import PARTS, RECORD, Manifest
from facialis.app.bundle.models import Sent
from facialis.app.bundle.writing import write_bundle
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.recordings.models import new_token
from facialis.core.errors import InputError
from facialis.core.messages import as_error, said
from facialis.core.version import __version__

__all__ = ["check_address", "send"]


def check_address(account: Account, text: str) -> str:
    """An address of somebody else, as it was pasted; InputError where it is none, or one's own."""
    recipient = checked(text)
    if recipient == address_of(account).recipient:
        raise InputError(**said("bundle_own_address"))
    return recipient


def send(
    account: Account,
    person: Person,
    recipient: str,
    scopes: Iterable[str],
    *,
    films: bool,
    lasts_days: int,
    sender: str,
    whom: str,
) -> IO[bytes]:
    """Write a bundle for an address into a file that has no name; it stands at its beginning.

    Parameters
    ----------
    account, person
        The owner, and whose record it is.
    recipient
        The address, as `check_address` gives it.
    scopes
        Which parts, of `PARTS`.
    films
        With the films of recordings, where those are chosen.
    lasts_days
        For how many days it may be used.
    sender
        By whom it says it is.
    whom
        Whose address it is, for one's own list.

    Raises
    ------
    InputError
        There is nothing in what was chosen.
    OutputError
        The disk is full.
    """
    own(account, person)
    chosen = tuple(part for part in PARTS if part in set(scopes))
    until = date.today() + timedelta(days=lasts_days)  # noqa: DTZ011 - a person's own calendar day
    file = TemporaryFile(dir=settings.PLACE.temporary)  # noqa: SIM115 - closed by whoever hands it out
    try:
        with sources(person, chosen, films=films) as there:
            if not there:
                raise InputError(**said("bundle_nothing"))
            known = Sent.objects.filter(person=person, recipient=recipient).first()
            manifest = Manifest(
                kind=RECORD,
                secret=new_token() if known is None else known.secret,
                made_on=date.today(),  # noqa: DTZ011 - a person's own calendar day
                until=until,
                sender=sender,
                person=person.name,
                scopes=chosen,
                reply_to=address_of(account).recipient,
                facialis=__version__,
                files=(),
            )
            write_bundle(file, recipient, manifest, there)
        with transaction.atomic():
            told = {"owner": account, "whom": whom, "scopes": list(chosen), "sent_at": timezone.now(), "until": until}
            sent, _ = Sent.objects.update_or_create(
                person=person, recipient=recipient, defaults=told, create_defaults={**told, "secret": manifest.secret}
            )
            note(account, "bundle_sent", sent.pk, person=person)
        file.seek(0)
    except OSError as error:
        file.close()
        raise as_error(error) from error
    except BaseException:
        file.close()
        raise
    return file
