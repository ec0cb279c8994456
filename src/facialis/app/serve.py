"""The server: on this computer alone, with a worker beside it, until it is stopped."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from facialis.app.place import Place
from facialis.app.start import prepare
from facialis.core.errors import OutputError, SettingsError
from facialis.core.messages import said

__all__ = ["PORT", "SCRIPT", "serve"]

PORT = 8321
"""Chosen: used by no well-known program."""
_THREADS = 8  # chosen: a household, and films that are being watched; 4 - 16
_MOST_BODY_BYTES = 16_000_000  # twice the largest piece of an upload
_LOOPBACK = "127.0.0.1"
SCRIPT = Path(__file__).parent / "static" / "built" / "casebook.js"
"""What the pages run: built from ``frontend/``, and not in the repository."""


def serve(
    place: Place, port: int, opened: Callable[[str], None], sealing: Callable[[float], None] | None = None
) -> None:
    """Serve a casebook until interrupted.

    Parameters
    ----------
    place
        Its folder; made where it is missing.
    port
        Where to listen, on the loopback address alone; 0: any that is free.
    opened
        Called with the address to open, when it can be opened.
    sealing
        Called with the share (0-1) that is done, while what an earlier facialis kept is encrypted.

    Raises
    ------
    OutputError
        The folder cannot be used, another program serves it already, or the pages have not been built.
    SettingsError
        The port is taken.
    """
    if not SCRIPT.is_file():
        raise OutputError(**said("casebook_not_built"))
    place.make()
    with place.held(), closing(_listening(port)) as listener:
        prepare(place, sealing)
        from django.conf import settings
        from django.core.wsgi import get_wsgi_application

        from facialis.app.backup.keeper import Keeper
        from facialis.app.course.answerer import give_back
        from facialis.app.inbox.watching import Watching
        from facialis.app.jobs.supervisor import Supervisor
        from facialis.app.phone.door import DOOR
        from facialis.app.vault.plain import clear_private

        server = _server(get_wsgi_application(), listener)
        settings.ANSWERS_BESIDE = True
        with Supervisor(), Supervisor("work_out_answers", give_back), Watching(), Keeper():
            opened(f"http://localhost:{listener.getsockname()[1]}{place.door}")
            try:
                server.run()
            finally:
                DOOR.shut()
                server.close()
        clear_private()  # its folder in memory too: nobody reads in it any more


def _server(application: Any, listener: socket.socket) -> Any:
    """Waitress on a socket that is there already; its own way there would look up a name to listen on."""
    from waitress.adjustments import Adjustments
    from waitress.server import TcpWSGIServer
    from waitress.task import ThreadedTaskDispatcher

    logging.getLogger("waitress").setLevel(logging.ERROR)
    settings = Adjustments(
        listen="",
        threads=_THREADS,
        ident=None,
        max_request_body_size=_MOST_BODY_BYTES,
        # What comes in is held in memory, never in the system's folder for temporary files.
        inbuf_overflow=2 * _MOST_BODY_BYTES,
        outbuf_overflow=2 * _MOST_BODY_BYTES,
    )

    class Server(TcpWSGIServer):  # type: ignore[misc]
        """One that knows its own address without looking it up."""

        def getsockname(self) -> tuple[str, int]:
            """The address and the port."""
            host, port = self.socket.getsockname()
            return host, port

    workers = ThreadedTaskDispatcher()
    workers.set_thread_count(settings.threads)
    where = (listener.family, listener.type, listener.proto, listener.getsockname())
    return Server(application, {}, True, listener, dispatcher=workers, adj=settings, bind_socket=False, sockinfo=where)


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise SettingsError(**said("port_taken", port=port)) from error
    return listener
