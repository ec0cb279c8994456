"""``facialis serve``: the casebook, a web app on this computer alone."""

from __future__ import annotations

import webbrowser
from contextlib import ExitStack
from pathlib import Path

from facialis.cli.faults import put, say
from facialis.cli.progress import Display, choose_display, screen_there
from facialis.core.knowledge import wording

__all__ = ["serve"]


def serve(data: Path | None, *, port: int | None, open_page: bool, quiet: bool) -> int:
    """Serve the casebook until it is stopped, and return the exit code.

    Raises
    ------
    OutputError
        The folder cannot be used, or another program serves it already.
    SettingsError
        The port is taken.
    """
    from facialis.app.place import Place, default_folder
    from facialis.app.serve import PORT
    from facialis.app.serve import serve as run

    place = Place(data or default_folder())

    def opened(address: str) -> None:
        put(address)
        if not quiet:
            say(wording("terminal_serving", address=address, folder=place.root))
        if open_page and screen_there():
            webbrowser.open(address)

    name = wording("app_title")
    with ExitStack() as stack:
        displays: list[Display] = []

        def sealing(share: float) -> None:
            if not displays:
                displays.append(stack.enter_context(choose_display(quiet=quiet)))
            displays[0].update(name, "sealing", share)

        def ready(address: str) -> None:
            stack.close()
            opened(address)

        run(place, PORT if port is None else port, ready, sealing)
    return 0
