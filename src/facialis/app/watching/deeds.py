"""What can be done about what plays in a page."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.recordings.models import Recording
from facialis.app.sharing.access import may
from facialis.app.watching.loops import name_of
from facialis.app.watching.making import begin
from facialis.app.watching.models import Viewing
from facialis.core.records import Event

__all__ = ["ask_for_copy", "ask_for_loop"]

_AT_ONCE_S = 2.0  # nobody has to be told how far something is that takes no longer


def ask_for_copy(account: Account, recording: Recording) -> None:
    """Ask for a copy that this browser can play; nothing where there is one, or it is being made."""
    own(account, recording.person)
    with transaction.atomic():
        viewing, _ = Viewing.objects.get_or_create(recording=recording, defaults={"owner_id": recording.owner_id})
        if viewing.state in (Viewing.State.FILM, Viewing.State.FAILED):
            viewing.state, viewing.tries = Viewing.State.ASKED, 0
            viewing.save(update_fields=["state", "tries"])
            note(account, "copy_asked", recording.pk, person=recording.person)


def ask_for_loop(account: Account, recording: Recording, event: Event) -> None:
    """Ask for the magnified loop of an event that has none, and give it a moment to be there.

    Whoever may see the recording may ask: it shows nothing that is not in the film.

    Raises
    ------
    PermissionDenied
        It is not shared with the account.
    InputError
        Too many are waiting.
    """
    if not may(account, recording.person, "recordings"):
        raise PermissionDenied
    made, new = begin(recording, name_of(recording, event), event)
    if new:
        note(account, "loop_asked", recording.pk, person=recording.person)
    made.done.wait(_AT_ONCE_S)
