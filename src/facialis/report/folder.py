"""A session's folder: report, tables and signals, there as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from facialis.core.errors import OutputError
from facialis.core.records import FaceTrack, Motion, Session
from facialis.report.clips import Pictures, make_clips
from facialis.report.page import render_page
from facialis.report.tables import (
    read_events,
    read_motion,
    read_session,
    write_events,
    write_motion,
    write_session,
)

__all__ = ["FILES", "read_session_folder", "write_session_folder"]

FILES = ("report.html", "events.tsv", "session.json", "signals.parquet")


def write_session_folder(
    session: Session,
    motion: Motion,
    track: FaceTrack,
    source: Pictures | None,
    out_dir: Path,
    *,
    faces: bool = True,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Write all results of a session into ``out_dir`` and return it.

    Everything is first written beside it, synced to the disk, and then put in place by renaming. A session folder that
    was there is replaced; files in it that facialis did not make are carried over. Whatever goes wrong, nothing
    half-written is left and the old folder stays.

    Parameters
    ----------
    source
        Where the pictures come from; read once more for the films. Not read, and may be None, without ``faces``.
    faces
        False: no picture of the recording goes into any file.
    progress
        Called with the stage and the share (0-1) of this work that is done.

    Raises
    ------
    OutputError
        The disk is full, the place is not writable, or ``out_dir`` exists and is no session folder.
    """
    tell = progress or _say_nothing
    target = Path(os.path.realpath(out_dir))
    made: list[Path] = []
    work: Path | None = None
    try:
        _check_free(target)
        made = _make_parents(target.parent)
        work = Path(tempfile.mkdtemp(prefix=".facialis-", suffix=".partial", dir=target.parent))
        os.chmod(work, 0o777 & ~_umask())  # noqa: PTH101 - mkdtemp makes it private; results are ordinary files
        clips = make_clips(
            session, motion, track, source, faces=faces, progress=lambda share: tell("films", 0.9 * share)
        )
        tell("report", 0.9)
        page = render_page(session, motion, track, clips, faces=faces)
        (work / "report.html").write_bytes(page.encode("utf-8", "replace"))
        write_events(session.events, work / "events.tsv")
        write_motion(motion, work / "signals.parquet")
        write_session(session, work / "session.json", faces=faces)
        for name in FILES:
            _sync(work / name)
        _sync(work)
        _put_in_place(work, target)
        _sync(target.parent)
    except BaseException as error:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
        for folder in reversed(made):
            _remove_if_empty(folder)
        if isinstance(error, OSError):
            raise OutputError(
                f"The results could not be written to {out_dir}: {error.strerror or error}.",
                advice="Free some space or choose another folder with --out.",
            ) from error
        raise
    tell("report", 1.0)
    return out_dir


def read_session_folder(folder: Path) -> tuple[Session, Motion]:
    """The session and its motion as `write_session_folder` wrote them.

    Raises
    ------
    FormatError
        A file is broken or of another format version.
    OSError
        A file is missing or cannot be read.
    """
    events = read_events(folder / "events.tsv")
    return read_session(folder / "session.json", events), read_motion(folder / "signals.parquet")


def _say_nothing(stage: str, share: float) -> None:
    """Progress that nobody asked for."""


def _check_free(target: Path) -> None:
    """OutputError unless the target is absent, empty, or a session folder: other people's files are never replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"{target} is a file, not a folder.", advice="Choose another folder with --out.")
    if any(target.iterdir()) and not (target / "session.json").is_file():
        raise OutputError(
            f"{target} holds other files and is no result of facialis.", advice="Choose another folder with --out."
        )


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and what is missing above it; returns what was made, outermost first."""
    missing: list[Path] = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    missing.reverse()
    for path in missing:
        path.mkdir(exist_ok=True)
    return missing


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # someone else has put something in it meanwhile


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _sync(path: Path) -> None:
    if path.is_dir() and os.name == "nt":
        return  # Windows cannot open folders; its renames are synced with the journal
    handle = os.open(path, os.O_RDONLY if os.name != "nt" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _put_in_place(work: Path, target: Path) -> None:
    if not target.exists():
        work.rename(target)
        return
    for path in target.iterdir():
        if path.name not in FILES:
            _carry_over(path, work / path.name)
    old = Path(tempfile.mkdtemp(prefix=".facialis-", suffix=".old", dir=target.parent))
    try:
        target.rename(old / "session")
        try:
            work.rename(target)
        except BaseException:
            (old / "session").rename(target)
            raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)


def _carry_over(path: Path, place: Path) -> None:
    """The same file or folder at another place of the disk, without copying its bytes where that can be done."""
    if path.is_dir() and not path.is_symlink():
        shutil.copytree(path, place, symlinks=True, copy_function=_link_or_copy)
    else:
        _link_or_copy(path, place)


def _link_or_copy(path: str | Path, place: str | Path) -> None:
    try:
        os.link(path, place, follow_symlinks=False)
    except OSError:
        shutil.copy2(path, place, follow_symlinks=False)
