"""Invitations to look: made by the owner, opened once by a clinician, taken back at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.deeds import make_clinician
from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.sharing.models import SCOPE_KEYS, Offer, Share

__all__ = ["INVITED", "accept", "accept_as_new", "find_offer", "made_by", "make_offer", "refuse", "revoke_offer"]

INVITED = timedelta(days=7)
"""Chosen: a letter, or the next visit of somebody who comes this week; 1 - 30 days."""
_AGAIN = timedelta(minutes=1)  # chosen: a form that is sent twice comes twice within seconds; 10 s - 5 min


def make_offer(account: Account, person: Person, scopes: Iterable[str], lasts_days: int | None) -> tuple[Offer, str]:
    """Invite one clinician; returns the invitation with its word, which is shown once and not kept.

    Parameters
    ----------
    account
        The owner.
    person
        Who shares.
    scopes
        What is shared, of `SCOPE_KEYS`.
    lasts_days
        For how many days from the moment of acceptance; None: until it is stopped.
    """
    own(account, person)
    chosen, secret = set(scopes), secrets.token_urlsafe(24)
    with transaction.atomic():
        offer = Offer.objects.create(
            owner=account,
            person=person,
            secret_sha256=_hashed(secret),
            until=timezone.now() + INVITED,
            lasts_days=lasts_days,
            **{key: key in chosen for key in SCOPE_KEYS},
        )
        note(account, "offer_made", offer.pk, person=person)
    return offer, secret


def _hashed(secret: str) -> str:
    """192 random bits: one round of a plain hash cannot be undone by trying, nor looked up by guessing."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def find_offer(secret: str) -> Offer | None:
    """The open invitation of this word; None: used, taken back, or its time is up."""
    found = Offer.objects.select_related("person", "owner").filter(secret_sha256=_hashed(secret)).first()
    return found if found is not None and found.is_open else None


def made_by(secret: str, name: str) -> bool:
    """Whether an account of this name was made with an invitation, just now."""
    used = Offer.objects.filter(secret_sha256=_hashed(secret), state=Offer.State.ACCEPTED).values("person")
    new = Account.objects.open().filter(name=name, made_at__gte=timezone.now() - _AGAIN)
    return Share.objects.now().filter(person__in=used, clinician__in=new.values("pk")).exists()


def revoke_offer(account: Account, offer: Offer) -> None:
    """Take an invitation back."""
    own(account, offer.person)
    with transaction.atomic():
        if _close(offer, Offer.State.REVOKED):
            note(account, "offer_revoked", offer.pk, person=offer.person)


def accept(account: Account, offer: Offer) -> Share:
    """See, from now on, what is offered. What the same person shared with the account before is replaced.

    Raises
    ------
    PermissionDenied
        It is one's own person, or the invitation has been used or taken back meanwhile.
    """
    if offer.person.owner_id == account.pk:
        raise PermissionDenied
    with transaction.atomic():
        if not offer.is_open or not _close(offer, Offer.State.ACCEPTED):
            raise PermissionDenied
        Share.objects.now(account).filter(person=offer.person).update(revoked_at=timezone.now())
        ends_at = None if offer.lasts_days is None else timezone.now() + timedelta(days=offer.lasts_days)
        scopes = {key: getattr(offer, key) for key in SCOPE_KEYS}
        share = Share.objects.create(
            owner=offer.person.owner, person=offer.person, clinician=account, ends_at=ends_at, **scopes
        )
        Account.objects.filter(pk=account.pk).update(clinician=True)
        note(account, "offer_accepted", share.pk, person=offer.person)
    return share


def accept_as_new(offer: Offer, name: str, password: str) -> tuple[Account, Share]:
    """Make an account for a clinician, and accept with it.

    Raises
    ------
    PermissionDenied
        The invitation has been used or taken back meanwhile.
    """
    with transaction.atomic():
        offer.refresh_from_db()
        if not offer.is_open:  # asked before there is an account whose name would be taken
            raise PermissionDenied
        account = make_clinician(name, password)
        return account, accept(account, offer)


def refuse(offer: Offer, account: Account | None = None) -> None:
    """Not to see it; who refuses need not say who they are, and the owner is told that somebody did."""
    with transaction.atomic():
        if _close(offer, Offer.State.REFUSED):
            owner = offer.person.owner
            assert isinstance(owner, Account)
            note(account or owner, "offer_refused", offer.pk, person=offer.person)


def _close(offer: Offer, state: Offer.State) -> bool:
    """Whether it was still open: of two at once one wins."""
    return bool(Offer.objects.filter(pk=offer.pk, state=Offer.State.OPEN).update(state=state))
