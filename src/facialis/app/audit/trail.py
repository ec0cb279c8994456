"""Writing the trail: each deed writes its line in the same transaction as its change."""

from __future__ import annotations

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry

__all__ = ["note"]


def note(account: Account, deed: str, thing: object = "") -> None:
    """Write that an account did something.

    Parameters
    ----------
    account
        Who.
    deed
        A short fixed word, such as ``recording_added``.
    thing
        Which one: a name or a number, no content.
    """
    Entry.objects.create(owner=account, deed=deed, thing=str(thing)[:200])
