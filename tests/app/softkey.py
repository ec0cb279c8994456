"""A passkey in software, which answers as a device would: for tests that need no browser."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import CoseKey
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData

__all__ = ["SoftKey"]

_FLAG = AuthenticatorData.FLAG


@dataclass
class SoftKey:
    """One key; ``sees`` is whether it knows its owner, ``origin`` the page that it is told."""

    origin: str = "http://localhost"
    sees: bool = True
    count: int = 1
    handle: str = ""
    secret: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    def make(self, options: dict[str, Any]) -> str:
        """The answer to a wish for a new passkey."""
        self.handle = options["user"]["id"]
        known = AttestedCredentialData.create(Aaguid.NONE, self._id(), self._public())
        data = AuthenticatorData.create(
            self._rp(options["rp"]["id"]), self._flags() | _FLAG.AT, self.count, bytes(known)
        )
        attested = AttestationObject.create("none", data, {})
        return self._told({"attestationObject": websafe_encode(bytes(attested))}, "webauthn.create", options)

    def answer(self, options: dict[str, Any]) -> str:
        """The answer to the question who this is."""
        self.count += 1
        data = AuthenticatorData.create(self._rp(options["rpId"]), self._flags(), self.count)
        told = {"authenticatorData": websafe_encode(bytes(data)), "userHandle": self.handle}
        client = self._client("webauthn.get", options)
        signed = self.secret.sign(bytes(data) + hashlib.sha256(client).digest(), ECDSA(SHA256()))
        return self._told(told | {"signature": websafe_encode(signed)}, "webauthn.get", options)

    def _id(self) -> bytes:
        numbers = self.secret.public_key().public_numbers()
        return hashlib.sha256(f"{numbers.x}".encode()).digest()

    def _public(self) -> CoseKey:
        numbers = self.secret.public_key().public_numbers()
        return CoseKey.parse({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})

    def _flags(self) -> AuthenticatorData.FLAG:
        return _FLAG.UP | _FLAG.UV if self.sees else _FLAG.UP

    @staticmethod
    def _rp(name: str) -> bytes:
        return hashlib.sha256(name.encode()).digest()

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        challenge = websafe_encode(websafe_decode(options["challenge"]))
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _told(self, response: dict[str, str], kind: str, options: dict[str, Any]) -> str:
        name = websafe_encode(self._id())
        client = websafe_encode(self._client(kind, options))
        told = {"id": name, "rawId": name, "type": "public-key", "response": response | {"clientDataJSON": client}}
        return json.dumps(told)
