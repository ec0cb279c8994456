"""Passkeys: what is asked of a browser (WebAuthn), and whether its answer holds.

They open the door without a password: each must know its owner (a finger, a face, a PIN) and be found without a name.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from facialis.app.accounts.models import Account, Passkey

__all__ = ["Made", "Refused", "asked", "checked", "made", "making"]

_ASKED = "passkey"
_PATIENCE_S = 300.0  # chosen: looking for a key and a PIN takes a minute; 1 - 10 minutes
_MOST_CHARS = 20_000  # chosen: an answer has 1,000 to 5,000


class Refused(Exception):
    """The browser's answer does not hold."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A passkey that was just made, and the handle that it knows its account by."""

    handle: str
    credential: str
    data: str
    count: int


def _server(request: HttpRequest) -> Fido2Server:
    # Names without their port; `http://localhost` counts as safe, an address never does.
    name = request.get_host().partition(":")[0]
    return Fido2Server(PublicKeyCredentialRpEntity(id=name, name="facialis"))


def making(request: HttpRequest, handle: str, name: str, known: Iterable[Passkey] = ()) -> dict[str, Any]:
    """What a browser is asked for a new passkey; a device that has one of ``known`` makes none."""
    options, state = _server(request).register_begin(
        PublicKeyCredentialUserEntity(id=bytes.fromhex(handle), name=name, display_name=name),
        credentials=[_key(passkey) for passkey in known],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    _keep(request, state, handle)
    return dict(options["publicKey"])


def made(request: HttpRequest, answer: str) -> Made:
    """The passkey of a browser's answer.

    Raises
    ------
    Refused
        It was not asked for just now and here, or does not know its owner.
    """
    state, handle = _kept(request)
    try:
        told = RegistrationResponse.from_dict(_read(answer))
        data = _server(request).register_complete(state, told)
        assert data.credential_data is not None
    except (ValueError, TypeError, KeyError, AssertionError) as error:
        raise Refused from error
    return Made(
        handle=handle,
        credential=websafe_encode(data.credential_data.credential_id),
        data=websafe_encode(bytes(data.credential_data)),
        count=data.counter,
    )


def asked(request: HttpRequest) -> dict[str, Any]:
    """What a browser is asked in order to come in by a passkey, whosever it is."""
    options, state = _server(request).authenticate_begin(user_verification=UserVerificationRequirement.REQUIRED)
    _keep(request, state, "")
    return dict(options["publicKey"])


def checked(request: HttpRequest, answer: str) -> Account:
    """Whose passkey has answered.

    Raises
    ------
    Refused
        It is nobody's, was not asked just now and here, or has been copied.
    """
    state, _ = _kept(request)
    try:
        told = AuthenticationResponse.from_dict(_read(answer))
        passkey = Passkey.objects.select_related("owner").get(credential=websafe_encode(told.raw_id))
        _server(request).authenticate_complete(state, [_key(passkey)], told)
    except (ValueError, TypeError, KeyError, Passkey.DoesNotExist) as error:
        raise Refused from error
    count, owner = told.response.authenticator_data.counter, passkey.owner
    handle = told.response.user_handle
    # Web Authentication 2, 7.2: a counter that stands still, where it once counted, is the mark of a copy.
    if (count or passkey.count) and count <= passkey.count:
        raise Refused
    if owner.closed_at is not None or (handle and handle != bytes.fromhex(owner.handle)):
        raise Refused
    Passkey.objects.filter(pk=passkey.pk).update(count=count, used_at=timezone.now())
    return owner


def _key(passkey: Passkey) -> AttestedCredentialData:
    return AttestedCredentialData(websafe_decode(passkey.data))


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > _MOST_CHARS:
        raise ValueError
    told = json.loads(answer)
    if not isinstance(told, dict):
        raise TypeError
    return told


def _keep(request: HttpRequest, state: Any, handle: str) -> None:
    request.session[_ASKED] = {"state": state, "handle": handle, "at": time.time()}


def _kept(request: HttpRequest) -> tuple[Any, str]:
    """What was asked, which is forgotten with it: each question has one answer."""
    told = request.session.pop(_ASKED, None)
    if told is None or time.time() - told["at"] > _PATIENCE_S:
        raise Refused
    return told["state"], told["handle"]
