"""Who can open a backup: whoever knows a passphrase, or has the key that a recipient belongs to (age, by pyrage)."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path

import pyrage

from facialis.core.errors import FormatError, SettingsError
from facialis.core.messages import said

__all__ = ["Lock", "identity_in", "lock_by_passphrase", "lock_by_recipient", "make_identity", "unlocked"]

LEAST = 12
"""Chosen: shortest passphrase; what lies on a stick can be guessed at for years; 10 - 20."""


@dataclass(frozen=True)
class Lock:
    """Whom a backup is for; ``key`` is the key of this one backup under a passphrase, empty for a recipient."""

    recipient: pyrage.x25519.Recipient
    key: str = ""


def lock_by_passphrase(passphrase: str) -> Lock:
    """A lock that a passphrase opens.

    Raises
    ------
    SettingsError
        It is too short.
    """
    if len(passphrase) < LEAST:
        raise SettingsError(**said("backup_passphrase_short", least=LEAST))
    # pyrage encrypts to a passphrase in memory only: so what it encrypts is a key made for this backup alone.
    identity = pyrage.x25519.Identity.generate()
    key = pyrage.passphrase.encrypt(str(identity).encode(), passphrase)
    return Lock(identity.to_public(), base64.b64encode(key).decode())


def lock_by_recipient(recipient: str) -> Lock:
    """A lock that the key of a recipient (``age1…``) opens; SettingsError where it is none."""
    try:
        return Lock(pyrage.x25519.Recipient.from_str(recipient.strip()))
    except pyrage.RecipientError as error:
        raise SettingsError(**said("backup_no_recipient")) from error


def unlocked(key: str, passphrase: str) -> pyrage.x25519.Identity:
    """The key of a backup that is under a passphrase; FormatError where that is another."""
    try:
        return pyrage.x25519.Identity.from_str(pyrage.passphrase.decrypt(base64.b64decode(key), passphrase).decode())
    except (pyrage.DecryptError, pyrage.IdentityError, binascii.Error, ValueError) as error:
        raise FormatError(**said("backup_other_passphrase"), code="backup_locked") from error


def identity_in(path: Path) -> pyrage.x25519.Identity:
    """The key in a file, as ``age-keygen`` writes it; SettingsError where there is none."""
    try:
        lines = path.read_text(encoding="ascii").split("\n")
        return pyrage.x25519.Identity.from_str(
            next(line.strip() for line in lines if line.startswith("AGE-SECRET-KEY"))
        )
    except (OSError, ValueError, StopIteration, pyrage.IdentityError) as error:
        raise SettingsError(**said("backup_no_key", file=path)) from error


def make_identity(path: Path) -> pyrage.x25519.Identity:
    """The key in a file, made where there is none."""
    if not path.exists():
        identity = pyrage.x25519.Identity.generate()
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(f"# public key: {identity.to_public()}\n{identity}\n")
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    return identity_in(path)
