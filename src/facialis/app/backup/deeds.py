"""What can be done with backups in the page."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.backup.locks import lock_by_passphrase
from facialis.app.backup.running import State, begin

__all__ = ["back_up"]


def back_up(account: Account, folder: Path, passphrase: str) -> State:
    """Begin a backup of the whole casebook into a folder.

    Raises
    ------
    InputError
        There is no such folder, it is the casebook's own, or another backup is under way.
    SettingsError
        The passphrase is too short.
    """
    made = begin(settings.PLACE, folder, lock_by_passphrase(passphrase))
    note(account, "backup_begun")
    return made
