"""The second listener: opened on demand in the local network, it closes when no link is open any more."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from http.server import HTTPServer
from socketserver import ThreadingMixIn
from typing import Any

from django.db import connection

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person
from facialis.app.phone.addresses import lan_addresses
from facialis.app.phone.answers import Answers
from facialis.app.phone.deeds import end_link, make_link
from facialis.app.phone.models import MOST, PhoneLink
from facialis.core.errors import InputError
from facialis.core.messages import said

__all__ = ["DOOR", "PORT", "Door", "Listener", "open_door"]

PORT = 8322
"""Chosen: beside that of the casebook, so that a firewall can be told; where it is taken, any other."""
_LOOK_S = 0.5  # chosen: how soon the door closes after its last link; 0.2 - 2 s
_MOST_CONNECTIONS = 8  # chosen: a browser opens up to six; 6 - 32
_CALM_PER_S, _BURST = 40.0, 80.0  # chosen: pieces of 8 MB over the fastest Wi-Fi are 10 a second; 20 - 200


class Listener(ThreadingMixIn, HTTPServer):
    """Takes connections of phones, a few at a time; each is answered by a thread of its own."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = _MOST_CONNECTIONS
    most_s = MOST.total_seconds()

    def __init__(self, address: str, port: int) -> None:
        super().__init__((address, port), Answers)
        self.timeout = _LOOK_S
        self.host = "{}:{}".format(*self.server_address)
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._calm = threading.Lock()
        self._left, self._at_s = _BURST, time.monotonic()

    def server_bind(self) -> None:
        """Bind, without looking up a name."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def is_calm(self) -> bool:
        """Whether this request may be answered; False where more come than any phone sends."""
        with self._calm:
            now_s = time.monotonic()
            self._left, self._at_s = min(_BURST, self._left + (now_s - self._at_s) * _CALM_PER_S), now_s
            if self._left < 1:
                return False
            self._left -= 1
            return True

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give a connection to a thread; more than there is room for are closed."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer a connection, and make room."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a phone that goes away is no fault, and an address holds a secret."""


class Door:
    """All open links of this process, and the listener while there are any. Secrets are nowhere but here."""

    def __init__(self) -> None:
        self._secrets: dict[int, str] = {}
        self._listener: Listener | None = None
        self._thread: threading.Thread | None = None
        self._changing = threading.RLock()

    def open(self, link: PhoneLink, secret: str) -> None:
        """Let a link in.

        Raises
        ------
        InputError
            There is no local network by which a phone could reach this computer.
        """
        with self._changing:
            addresses = lan_addresses()
            if self._listener is None or self._listener.server_address[0] not in addresses:
                self._listen(addresses)
            self._secrets[link.pk] = secret

    def _listen(self, addresses: list[str]) -> None:
        for port in (PORT, 0):
            for address in addresses:
                with contextlib.suppress(OSError):
                    self._listener = Listener(address, port)
                    self._thread = threading.Thread(
                        target=self._watch, args=(self._listener,), name="phone", daemon=True
                    )
                    self._thread.start()
                    return
        raise InputError(**said("phone_no_network"))

    def url(self, link: PhoneLink) -> str:
        """What a phone has to open; empty where the door is closed to this link."""
        secret, listener = self._secrets.get(link.pk), self._listener
        return f"http://{listener.host}/{secret}/" if secret and listener else ""

    def close(self, *links: PhoneLink) -> None:
        """Let these links in no longer."""
        with self._changing:
            for link in links:
                self._secrets.pop(link.pk, None)

    def shut(self) -> None:
        """Let nobody in any longer, and wait until the listener has closed."""
        with self._changing:
            self._secrets.clear()
            thread = self._thread
        if thread is not None:
            thread.join(10 * _LOOK_S)

    def _watch(self, listener: Listener) -> None:
        try:
            while listener is self._listener and self._still_open():
                listener.handle_request()
        finally:
            with self._changing:
                if self._listener is listener:
                    self._listener = None
            listener.server_close()
            connection.close()

    def _still_open(self) -> bool:
        """End the links whose time is over; whether any is left."""
        with self._changing:
            known = PhoneLink.objects.filter(pk__in=self._secrets.keys())
            links = list(known.select_related("owner", "person", "upload"))
            for link in links:
                if link.state == PhoneLink.State.OPEN and not link.is_open:
                    end_link(link.owner, link, PhoneLink.State.EXPIRED)
            self._secrets = {link.pk: self._secrets[link.pk] for link in links if link.is_known}
            return bool(self._secrets)


DOOR = Door()


def open_door(account: Account, person: Person) -> PhoneLink:
    """Make a link for one film of a person, and open the listener for it.

    Raises
    ------
    InputError
        There is no local network by which a phone could reach this computer.
    PermissionDenied
        The person belongs to somebody else.
    """
    link, secret = make_link(account, person)
    try:
        DOOR.open(link, secret)
    except BaseException:
        end_link(account, link, PhoneLink.State.REVOKED)
        raise
    return link
