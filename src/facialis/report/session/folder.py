"""A session's folder: report, films, tables and signals, there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facialis.core.records import Session
from facialis.files.clips import CLIP_FILES, INDEX, write_clips
from facialis.files.events import write_events
from facialis.files.placing import whole_folder
from facialis.files.session import write_session
from facialis.files.signals import write_motion
from facialis.report.session.clips import Pictures, make_clips
from facialis.report.session.page import render_page

__all__ = ["FILES", "write_session_folder"]

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


def _say_nothing(stage: str, share: float) -> None:
    """Progress that nobody asked for."""
