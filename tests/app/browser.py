"""The browser of the tests, and a casebook that is served to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, ConsoleMessage, expect

from facialis.app.vault.plain import memory_place

__all__ = ["CHROMIUM", "LONG_MS", "QUIET", "Walk", "serving"]

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LONG_MS = 300_000  # a measurement beside other tests on a slow machine
expect.set_options(timeout=30_000)  # a page there; five seconds, as usual, are less than a first import can take


@contextmanager
def serving(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a casebook that ``facialis serve`` serves; it must end in order when it is asked to."""
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--port", "0", "--data", str(folder)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | dict(environment or {}),
    ) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()
        assert server.wait(60) == 0
    assert not memory_place(folder).exists(), "what was read in memory has gone"


@dataclass
class Walk:
    """A browser that may ask for nothing but the casebook and must complain of nothing, unless the network is away."""

    context: BrowserContext
    address: str
    away: bool = False
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.set_default_timeout(60_000)
        self.context.on("console", self._complained)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("request", lambda asked: self._asked(asked.url))

    def _complained(self, said: ConsoleMessage) -> None:
        if not (self.away and "ERR_INTERNET_DISCONNECTED" in said.text):
            self.complaints.append(f"{said.type}: {said.text}")

    def _asked(self, url: str) -> None:
        if not url.removeprefix("blob:").startswith(self.address):
            self.complaints.append(url)
