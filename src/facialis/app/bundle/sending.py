"""Sending: a bundle is written, its manifest first, then each file, encrypted as it is read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from tempfile import TemporaryFile
from typing import IO, Final

import pyrage
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.bundle.addresses import address_of, checked
from facialis.app.bundle.contents import Source, sources
from facialis.app.bundle.manifest import BLOCK, MANIFEST, PARTS, RECORD, Item, Manifest, header
from facialis.app.bundle.models import Sent
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.recordings.models import new_token
from facialis.app.vault.aged import Pulled
from facialis.core.errors import InputError, OutputError
from facialis.core.messages import as_error, said
from facialis.core.version import __version__

__all__ = ["check_address", "nameless", "send", "write_bundle"]

_CHUNK_BYTES: Final = 1 << 20


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
    with nameless() as file:
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
    return file


@contextmanager
def nameless() -> Iterator[IO[bytes]]:
    """A file without a name, to be written in the block and handed out after it: it stands at its beginning then.

    Raises
    ------
    OutputError
        The disk is full. So, and whatever else goes wrong in the block, nothing of the file is left.
    """
    file = TemporaryFile(dir=settings.PLACE.temporary)  # noqa: SIM115 - closed by whoever hands it out
    try:
        yield file
        file.seek(0)
    except OSError as error:
        file.close()
        raise as_error(error) from error
    except BaseException:
        file.close()
        raise


def write_bundle(target: IO[bytes], recipient: str, manifest: Manifest, sources: Iterable[Source]) -> Manifest:
    """Write a bundle for an address; returns its manifest with all files.

    Raises
    ------
    OutputError
        A file changed while it was read.
    """
    there = list(sources)
    whole = replace(manifest, files=tuple(map(_item, there)))
    failed: list[Exception] = []
    try:
        pieces = Pulled(_told(_tar(whole, there), failed))
        pyrage.encrypt_io(pieces, target, [pyrage.x25519.Recipient.from_str(recipient)])
    except Exception as error:
        raise (failed[0] if failed else error) from error
    if failed:  # what went wrong while it was read must not pass for a whole file
        raise failed[0]
    return whole


def _told(pieces: Iterator[bytes], failed: list[Exception]) -> Iterator[bytes]:
    """Pieces, and what went wrong with them: the library would say it in words of its own."""
    try:
        yield from pieces
    except Exception as error:
        failed.append(error)
        raise


def _item(source: Source) -> Item:
    digest, size = hashlib.sha256(), 0
    with source.opened() as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += len(chunk)
    return Item(source.name, size, digest.hexdigest())


def _tar(manifest: Manifest, sources: list[Source]) -> Iterator[bytes]:
    content = manifest.written()
    yield header(MANIFEST, len(content)) + content + bytes(-len(content) % BLOCK)
    for item, source in zip(manifest.files, sources, strict=True):
        yield header(item.name, item.size, source.changed_s)
        digest, size = hashlib.sha256(), 0
        with source.opened() as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                yield chunk
        if (size, digest.hexdigest()) != (item.size, item.sha256):
            raise OutputError(**said("bundle_changed"))
        yield bytes(-size % BLOCK)
    yield bytes(2 * BLOCK)
