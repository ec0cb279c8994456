"""``facialis phantom``: a recording of known truth, and the truth beside it."""

from __future__ import annotations

from pathlib import Path

from facialis.actions.phantom import check_free, make_phantom, truth_path
from facialis.cli.faults import say
from facialis.cli.progress import choose_display

__all__ = ["phantom"]


def phantom(video: Path, *, spec: Path | None, force: bool, quiet: bool) -> int:
    """Make the phantom and say what it holds.

    Raises
    ------
    InputError
        ``video`` is there and is not known to be a phantom, and there is no ``force``.
    OutputError
        It cannot be written; nothing is left behind.
    """
    if not force:
        check_free(video)
    with choose_display(quiet=quiet) as display:
        events = make_phantom(video, spec, lambda stage, share: display.update(video.name, stage, share))
    if not quiet:
        say(f"{video}: {len(events)} events; the truth is in {truth_path(video)}")
    return 0
