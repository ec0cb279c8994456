"""Addresses for bundles: made on first use, compared by digits, their secret under the key of the installation."""

from __future__ import annotations

import hashlib

import pyrage
from django.conf import settings
from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.bundle.models import BundleAddress
from facialis.app.vault.installation import installation_key
from facialis.app.vault.wrapping import unwrapped, wrapped
from facialis.core.errors import InputError
from facialis.core.messages import said

__all__ = ["address_of", "checked", "fingerprint", "identity_of"]

_GROUPS, _DIGITS = 6, 4  # chosen: 24 digits are read aloud in a quarter of a minute, and are 80 bits; 16 - 40 digits


def address_of(account: Account) -> BundleAddress:
    """The address of an account, made where it has none."""
    with transaction.atomic():
        found = BundleAddress.objects.filter(owner=account).first()
        if found is not None:
            return found
        identity = pyrage.x25519.Identity.generate()
        recipient = str(identity.to_public())
        secret = wrapped(installation_key(settings.PLACE.vault), str(identity).encode(), _bound(recipient))
        made = BundleAddress.objects.create(owner=account, recipient=recipient, wrapped=secret)
        note(account, "bundle_address_made", made.pk)
    return made


def identity_of(address: BundleAddress) -> pyrage.x25519.Identity:
    """What opens bundles for an address; FormatError where the installation's key is another one now."""
    secret = unwrapped(installation_key(settings.PLACE.vault), bytes(address.wrapped), _bound(address.recipient))
    return pyrage.x25519.Identity.from_str(secret.decode())


def _bound(recipient: str) -> str:
    return f"address {recipient}"


def checked(text: str) -> str:
    """An address as it was pasted, without what a letter adds to it.

    Raises
    ------
    InputError
        It is none.
    """
    recipient = "".join(text.split())
    try:
        return str(pyrage.x25519.Recipient.from_str(recipient))
    except (pyrage.RecipientError, ValueError) as error:
        raise InputError(**said("bundle_no_address")) from error


def fingerprint(recipient: str) -> str:
    """Digits by which two people hear whether they have the same address before them."""
    number = int.from_bytes(hashlib.sha256(recipient.encode()).digest()) % 10 ** (_GROUPS * _DIGITS)
    digits = f"{number:0{_GROUPS * _DIGITS}d}"
    return " ".join(digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS))
