"""Keys wrapped by keys: what is wrapped is bound to whose it is, so that none serves in another's place."""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facialis.core.errors import FormatError
from facialis.core.messages import said

__all__ = ["unwrapped", "wrapped"]

_NONCE_BYTES = 12  # NIST SP 800-38D, 8.2


def wrapped(outer: bytes, key: bytes, whose: str) -> bytes:
    """A key under another one."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(outer).encrypt(nonce, key, whose.encode())


def unwrapped(outer: bytes, stored: bytes, whose: str) -> bytes:
    """The key; FormatError where it was wrapped by another key, or for somebody else."""
    try:
        return AESGCM(outer).decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], whose.encode())
    except (InvalidTag, ValueError) as error:
        raise FormatError(**said("vault_other_key", file="vault.key"), code="vault_other_key") from error
