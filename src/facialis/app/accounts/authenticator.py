"""An app that shows codes of six digits (RFC 6238): its secret, what it shows now, and that each code serves once."""

from __future__ import annotations

import base64
import hmac
import secrets
import time

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.conf import settings

from facialis.app.accounts.models import Account, Authenticator

__all__ = ["address_of", "code_at", "fits", "new_secret", "opened", "sealed", "use_code"]

_STEP_S = 30  # RFC 6238, 4.1
_DIGITS = 6  # RFC 4226, 5.3
_AROUND = 1  # RFC 6238, 5.2: one step either way, for clocks that differ
_SECRET_BYTES = 20  # RFC 4226, 4: 160 bits


def new_secret() -> str:
    """A secret for an app, as apps read it."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def address_of(name: str, secret: str) -> str:
    """What the picture of squares says to an app."""
    return _app_of(secret).get_provisioning_uri(name, "facialis")


def code_at(secret: str, step: int) -> str:
    """The code of a step of 30 seconds, counted from 1970.

    Examples
    --------
    >>> code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 1)
    '287082'
    """
    return _app_of(secret).generate(step * _STEP_S).decode()


def _app_of(secret: str) -> TOTP:
    return TOTP(base64.b32decode(secret), _DIGITS, SHA1(), _STEP_S)


def fits(secret: str, code: str, *, after: int = 0) -> int:
    """The step whose code this is, now or one step either way, but later than ``after``; 0: it is none."""
    now, told = int(time.time()) // _STEP_S, "".join(code.split()).encode()
    steps = range(max(now - _AROUND, after + 1), now + _AROUND + 1)
    return max((step for step in steps if hmac.compare_digest(code_at(secret, step).encode(), told)), default=0)


def use_code(account: Account, code: str) -> bool:
    """Whether this is what the account's app shows; the same code does not serve again."""
    found = Authenticator.objects.filter(owner=account).first()
    secret = opened(found.sealed) if found is not None else ""
    step = fits(secret, code, after=found.step) if found is not None and secret else 0
    # The step is asked for again as it is written, so that of two at once one comes in.
    return bool(step and Authenticator.objects.filter(owner=account, step__lt=step).update(step=step))


def sealed(secret: str) -> str:
    """A secret as it is kept: the database alone does not give it away."""
    nonce = secrets.token_bytes(12)
    return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, secret.encode(), None)).decode()


def opened(text: str) -> str:
    """What was sealed; empty where the casebook's key is another one now."""
    try:
        raw = base64.b64decode(text)
        return AESGCM(_key()).decrypt(raw[:12], raw[12:], None).decode()
    except (ValueError, InvalidTag):
        return ""


def _key() -> bytes:
    return HKDF(SHA256(), 32, None, b"facialis authenticator").derive(settings.SECRET_KEY.encode())
