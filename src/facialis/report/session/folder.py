"""A session's folder: report, films, tables and signals, there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facialis.core.knowledge import spoken
from facialis.core.records import Session
from facialis.files.clips import CLIP_FILES, INDEX, read_clips, write_clips
from facialis.files.events import write_events
from facialis.files.placing import whole_folder
from facialis.files.session import read_session_object, write_session, write_session_object
from facialis.files.session_folder import read_session
from facialis.files.signals import write_motion
from facialis.report.session.clips import Pictures, make_clips
from facialis.report.session.page import render_page

__all__ = ["FILES", "redraw_page", "write_session_folder"]

FILES = ("report.html", "events.tsv", "session.json", "signals.parquet", INDEX)
"""What is in every result folder; the films that the index lists are beside it."""


def write_session_folder(
    session: Session,
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
    session
        As it was measured, with its signals and its face track.
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
    motion, track = session.motion, session.track
    with whole_folder(
        out_dir, is_ours=lambda names: "session.json" in names, made=CLIP_FILES.union(FILES), keep_others=True
    ) as work:
        clips = make_clips(
            session, motion, track, source, faces=faces, progress=lambda share: tell("films", 0.9 * share)
        )
        tell("report", 0.9)
        page = render_page(session, motion, track, clips, faces=faces)
        (work / "report.html").write_bytes(page.encode("utf-8", "replace"))
        write_clips(clips, work)
        write_events(session.events, work / "events.tsv")
        write_motion(motion, work / "signals.parquet")
        write_session(session, work / "session.json", faces=faces)
    tell("report", 1.0)
    return out_dir


def redraw_page(folder: Path, *, faces: bool) -> Path:
    """Draw the page of a result again, in the language spoken, from the files in the folder; returns the folder.

    ``session.json`` then names that language. Everything else stays as it is: numbers, events, signals and films. The
    outline of the recorded face is not kept in a result, so the map of detection limits shows the general one.

    Parameters
    ----------
    folder
        The result, as `write_session_folder` wrote it.
    faces
        False: no picture of the recording goes into the page.

    Raises
    ------
    FormatError
        A file of the result is missing or broken.
    OSError
        A file cannot be read.
    OutputError
        The page cannot be written; the old one stays.
    """
    session = read_session(folder)
    content = read_session_object(folder / "session.json")
    page = render_page(session, session.motion, None, read_clips(folder), faces=faces)
    with whole_folder(
        folder,
        is_ours=lambda names: "session.json" in names,
        made=frozenset({"report.html", "session.json"}),
        keep_others=True,
    ) as work:
        (work / "report.html").write_bytes(page.encode("utf-8", "replace"))
        said = content.get("report")
        report = {**(said if isinstance(said, dict) else {}), "language": spoken()}
        write_session_object({**content, "report": report}, work / "session.json")
    return folder


def _say_nothing(stage: str, share: float) -> None:
    """Progress that nobody asked for."""
