"""Refuses the network in this process, and writes down each attempt.

Python imports a module of this name at start-up when its folder is on PYTHONPATH, so child processes of the tests are
guarded as well. Attempts are written to a file because code may swallow the exception.
"""

import os
import sys
from pathlib import Path
from typing import Any

_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo"}
_CALLS = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_AF_UNIX = 1


def _refuse(event: str, args: tuple[Any, ...]) -> None:
    if event in _CALLS:
        if int(args[0].family) == _AF_UNIX:
            return
    elif event not in _LOOKUPS:
        return
    log = os.environ.get("FACIALIS_TEST_NETWORK_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(f"{event} {args[1:] if event in _CALLS else args} in {sys.argv[:1]}\n")
    raise PermissionError(f"the tests allow no network: {event} {args[1:]}")


sys.addaudithook(_refuse)
