"""What can be done with accounts."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts import codes
from facialis.app.accounts.authenticator import sealed
from facialis.app.accounts.models import Account, Authenticator, Invitation, Passkey, RecoveryCode, new_handle
from facialis.app.accounts.passkeys import Made
from facialis.app.accounts.sessions import end_sessions
from facialis.app.api.models import ReadToken
from facialis.app.api.tokens import revoke_token
from facialis.app.audit.trail import note
from facialis.app.bin.deeds import delete_person, empty
from facialis.app.bin.models import Binned
from facialis.app.bundle.arriving import discard
from facialis.app.bundle.models import Arrival, BundleAddress
from facialis.app.comments.deeds import forget_comments_of
from facialis.app.people.models import Person
from facialis.app.sharing.deeds import end_shares_with
from facialis.app.sharing.models import Issued

__all__ = [
    "LastWay",
    "accept_invitation",
    "add_account",
    "add_passkey",
    "change_password",
    "choose",
    "close_account",
    "invite_again",
    "invited",
    "make_clinician",
    "make_first_account",
    "name_passkey",
    "new_codes",
    "remove_account",
    "remove_authenticator",
    "remove_passkey",
    "reset",
    "turn_on_authenticator",
]

_INVITED = timedelta(days=7)  # chosen: whoever it is for sits at the same table, some day of the week; 1 - 30 days


class LastWay(Exception):
    """Without this passkey nobody could come in any more."""


def make_first_account(name: str, password: str, made: Made | None = None) -> Account:
    """Make the account of whoever sets the casebook up, with a password or a passkey: its administrator.

    Raises
    ------
    PermissionDenied
        There is one already: further ones are not made at the door.
    """
    with transaction.atomic():
        if Account.objects.open().exists():
            raise PermissionDenied
        account = Account(name=name, administrator=True)
        _settle(account, password, made)
        note(account, "account_made", account.pk)
    return account


def make_clinician(name: str, password: str) -> Account:
    """Make the account of a clinician whom somebody has invited: it sees what is shared with it, and nothing else."""
    with transaction.atomic():
        account = Account(name=name, clinician=True)
        _settle(account, password, None)
        note(account, "account_made", account.pk)
    return account


def _settle(account: Account, password: str, made: Made | None) -> None:
    """By what an account is opened from now on."""
    account.set_password(password or None)
    if made is not None:
        account.handle = made.handle
    account.save()
    if made is not None:
        _keep(account, "", made)


def _keep(account: Account, name: str, made: Made) -> Passkey:
    return Passkey.objects.create(
        owner=account, name=name, credential=made.credential, data=made.data, count=made.count
    )


def change_password(account: Account, password: str) -> None:
    """Give an account a new password. All its sessions end with the old one, as Django ties them to it.

    So do its keys for programs: whoever fears that somebody has the password cannot know what was made with it.

    Raises
    ------
    ValidationError
        It is short, common or only digits.
    """
    validate_password(password, account)
    with transaction.atomic():
        account.set_password(password)
        account.save()
        note(account, "password_changed", account.pk)
        for token in ReadToken.objects.filter(owner=account):
            revoke_token(account, token)


def reset(account: Account, password: str) -> None:
    """Give an account a new password, and take away everything else that opened it; done on the machine itself.

    Raises
    ------
    ValidationError
        The password is short, common or only digits.
    """
    with transaction.atomic():
        change_password(account, password)
        for kind in (Passkey, Authenticator, RecoveryCode, Invitation):
            kind.objects.filter(owner=account).delete()
        note(account, "account_reset", account.pk)


def add_passkey(account: Account, name: str, made: Made) -> Passkey:
    """Let an account be opened by one more passkey."""
    if made.handle != account.handle:
        raise PermissionDenied
    with transaction.atomic():
        passkey = _keep(account, name, made)
        note(account, "passkey_added", passkey.pk)
    return passkey


def name_passkey(account: Account, passkey: Passkey, name: str) -> None:
    """Call a passkey something else."""
    _own(account, passkey.owner_id)
    with transaction.atomic():
        Passkey.objects.filter(pk=passkey.pk).update(name=name)
        note(account, "passkey_named", passkey.pk)


def remove_passkey(account: Account, passkey: Passkey) -> None:
    """Let a passkey open nothing any more.

    Raises
    ------
    LastWay
        The account has no password and no other passkey.
    """
    _own(account, passkey.owner_id)
    with transaction.atomic():
        others = Passkey.objects.filter(owner=account).exclude(pk=passkey.pk)
        if not account.has_usable_password() and not others.exists():
            raise LastWay
        number = passkey.pk
        passkey.delete()
        note(account, "passkey_removed", number)


def turn_on_authenticator(account: Account, secret: str, step: int) -> None:
    """Ask for an app's code besides the password from now on; ``step`` is that of the code it began with."""
    with transaction.atomic():
        kept = {"sealed": sealed(secret), "step": step}
        Authenticator.objects.update_or_create(owner=account, defaults=kept)
        note(account, "authenticator_added")


def remove_authenticator(account: Account) -> None:
    """Ask for no app's code any more."""
    with transaction.atomic():
        Authenticator.objects.filter(owner=account).delete()
        note(account, "authenticator_removed")


def new_codes(account: Account) -> list[str]:
    """New recovery codes, to be shown this once; the old ones open nothing any more."""
    with transaction.atomic():
        made = codes.make_codes(account)
        note(account, "codes_made")
    return made


def choose(account: Account, *, idle_min: int, language: str) -> None:
    """After how long a session that is not used ends, and which language is spoken."""
    with transaction.atomic():
        account.idle_min, account.language = idle_min, language
        account.save(update_fields=["idle_min", "language"])
        note(account, "settings_changed")


def close_account(account: Account) -> None:
    """Delete one's own account and all people of it, now. After an administrator's, the oldest other one is next."""
    _empty(account)
    with transaction.atomic():
        note(account, "account_closed", account.pk)
        _close(account)
        heir = Account.objects.open().order_by("pk").first()
        if (
            account.administrator
            and heir is not None
            and not Account.objects.open().filter(administrator=True).exists()
        ):
            Account.objects.filter(pk=heir.pk).update(administrator=True)


def remove_account(administrator: Account, account: Account) -> None:
    """Delete somebody else's account and all people of it, now."""
    _administer(administrator)
    if account.pk == administrator.pk:
        raise PermissionDenied
    _empty(account)
    with transaction.atomic():
        note(administrator, "account_removed", account.pk)
        _close(account)


def _empty(account: Account) -> None:
    """All people of an account go, each for itself: what lies on the disk goes once its row has gone."""
    end_sessions(account)
    for person in Person.objects.filter(owner=account):
        delete_person(account, person)
    for arrival in Arrival.objects.filter(owner=account):
        discard(arrival)
    for binned in Binned.objects.filter(owner=account):
        empty(account, binned)


def _close(account: Account) -> None:
    """Only a row without a name stays, so that the trail keeps its numbers."""
    end_shares_with(account)
    forget_comments_of(account)
    for kind in (Passkey, Authenticator, RecoveryCode, Invitation, Issued, ReadToken, BundleAddress):
        kind.objects.filter(owner=account).delete()
    account.set_unusable_password()
    account.name, account.handle, account.closed_at = new_handle(), new_handle(), timezone.now()
    account.save()


def add_account(administrator: Account, name: str) -> str:
    """Make an account for somebody else; returns the word of the link by which they come in once."""
    _administer(administrator)
    with transaction.atomic():
        account = Account(name=name)
        account.set_unusable_password()
        account.save()
        note(administrator, "account_added", account.pk)
        return _invite(account)


def invite_again(administrator: Account, account: Account) -> str:
    """A new link for somebody who has not come in yet; the one before opens nothing any more."""
    _administer(administrator)
    if not Invitation.objects.filter(owner=account).exists():
        raise PermissionDenied
    with transaction.atomic():
        note(administrator, "account_invited", account.pk)
        return _invite(account)


def _invite(account: Account) -> str:
    token = secrets.token_urlsafe(24)
    Invitation.objects.filter(owner=account).delete()
    Invitation.objects.create(owner=account, digest=_digest(token), ends_at=timezone.now() + _INVITED)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def invited(token: str) -> Account | None:
    """Whom a link is for; None: it has been used, or its time is up."""
    found = Invitation.objects.select_related("owner").filter(digest=_digest(token), ends_at__gt=timezone.now()).first()
    return found.owner if found is not None else None


def accept_invitation(token: str, password: str, made: Made | None) -> Account:
    """Come in for the first time, with a password or a passkey of one's own. The link is used up.

    Raises
    ------
    PermissionDenied
        It has been used, or its time is up.
    """
    with transaction.atomic():
        account = invited(token)
        if account is None:
            raise PermissionDenied
        Invitation.objects.filter(owner=account).delete()
        _settle(account, password, made)
        note(account, "account_made", account.pk)
    return account


def _own(account: Account, owner_id: int) -> None:
    if owner_id != account.pk:
        raise PermissionDenied


def _administer(account: Account) -> None:
    if not account.administrator:
        raise PermissionDenied
