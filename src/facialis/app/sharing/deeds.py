"""What can be done with a share: change it, stop it, and end all of a person's or of an account's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.sharing.models import SCOPE_KEYS, Offer, Share

__all__ = ["change_share", "end_all_shares", "end_shares_of", "end_shares_with", "leave_share", "stop_share"]


def change_share(account: Account, share: Share, scopes: Iterable[str], ends_at: datetime | None) -> None:
    """Share other parts, or until another day."""
    own(account, share.person)
    chosen = set(scopes)
    with transaction.atomic():
        values = {key: key in chosen for key in SCOPE_KEYS}
        Share.objects.filter(pk=share.pk).update(**values, ends_at=ends_at)
        note(account, "share_changed", share.pk, person=share.person)


def stop_share(account: Account, share: Share) -> None:
    """Share nothing by it any more, from this moment on."""
    own(account, share.person)
    _end(account, [share], "share_stopped")


def leave_share(account: Account, share: Share) -> None:
    """Give back, as the clinician, what somebody shared."""
    if share.clinician_id != account.pk or share.owner_id == account.pk:  # who was received is deleted instead
        raise PermissionDenied
    _end(account, [share], "share_left")


def end_shares_of(account: Account, person: Person) -> None:
    """End all shares and open invitations of a person."""
    if person.owner_id != account.pk:
        raise PermissionDenied
    Offer.objects.filter(person=person, state=Offer.State.OPEN).update(state=Offer.State.REVOKED)
    _end(account, Share.objects.now().filter(person=person), "share_stopped")


def end_shares_with(account: Account) -> None:
    """End all by which an account sees other people's data: it is going."""
    _end(account, Share.objects.now(account).select_related("person"), "share_left")


def end_all_shares() -> None:
    """End whatever is shared, and every invitation: a backup was put back, and nobody knows what was stopped since."""
    with transaction.atomic():
        Offer.objects.filter(state=Offer.State.OPEN).update(state=Offer.State.REVOKED)
        for share in Share.objects.now().filter(person__received_at=None).select_related("person", "owner"):
            assert isinstance(share.owner, Account)
            _end(share.owner, [share], "share_not_restored")


def _end(account: Account, shares: Iterable[Share], deed: str) -> None:
    with transaction.atomic():
        for share in shares:
            if Share.objects.filter(pk=share.pk, revoked_at=None).update(revoked_at=timezone.now()):
                note(account, deed, share.pk, person=share.person)
