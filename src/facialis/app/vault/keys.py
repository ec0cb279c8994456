"""Keys of people and of their folders: made, found and destroyed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from facialis.app.people.models import Person
from facialis.app.vault.installation import KEY_BYTES, installation_key
from facialis.app.vault.models import FileKey, PersonKey
from facialis.app.vault.wrapping import unwrapped, wrapped

__all__ = ["Opened", "forget_key", "key_of", "keys_of", "make_key"]


@dataclass(frozen=True)
class Opened:
    """The key of a folder; ``sealed``: all that lies in it is encrypted, and what is not is none of ours."""

    key: bytes
    sealed: bool


def key_of(token: str) -> Opened | None:
    """The key of the folder of this name; None where it has none, as what came in before there were keys.

    Raises
    ------
    FormatError
        The installation's key is missing, or is another than the one that the keys were wrapped by.
    """
    row = FileKey.objects.filter(token=token).first()
    if row is None:
        return None
    return _opened(row, _person_key(PersonKey.objects.get(person_id=row.person_id)))


def keys_of(person: Person) -> Mapping[str, Opened]:
    """The keys of all folders of a person, by name; FormatError as `key_of`."""
    own = PersonKey.objects.filter(person=person).first()
    if own is None:
        return {}
    key = _person_key(own)
    return {row.token: _opened(row, key) for row in FileKey.objects.filter(person=person)}


def make_key(token: str, person_id: int, *, sealed: bool) -> Opened:
    """The key of a folder, made where it has none.

    Parameters
    ----------
    token
        The folder's name.
    person_id
        Whose it is.
    sealed
        Whether the folder is new, so that nothing in it is plain; only heeded where the key is made.
    """
    found = key_of(token)
    if found is not None:
        return found
    with transaction.atomic():
        own = PersonKey.objects.filter(person_id=person_id).first()
        if own is None:
            own = PersonKey.objects.create(
                person_id=person_id, wrapped=wrapped(_master(), secrets.token_bytes(KEY_BYTES), f"person {person_id}")
            )
        key = secrets.token_bytes(KEY_BYTES)
        FileKey.objects.create(
            token=token, person_id=person_id, wrapped=wrapped(_person_key(own), key, token), sealed=sealed
        )
    return Opened(key, sealed)


def forget_key(token: str) -> None:
    """Destroy the key of a folder: nothing in it can be read again."""
    FileKey.objects.filter(token=token).delete()


def _master() -> bytes:
    return installation_key(settings.PLACE.vault)


def _person_key(row: PersonKey) -> bytes:
    return unwrapped(_master(), bytes(row.wrapped), f"person {row.person_id}")


def _opened(row: FileKey, person_key: bytes) -> Opened:
    return Opened(unwrapped(person_key, bytes(row.wrapped), row.token), row.sealed)
