"""The folder of one recording's results, read back as a `Session` with its signals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from facialis.core.errors import FormatError
from facialis.core.messages import said
from facialis.core.records import Session
from facialis.files.events import read_events
from facialis.files.session import read_session_json
from facialis.files.signals import read_motion

__all__ = ["read_session"]


def read_session(folder: Path | str) -> Session:
    """Read a result folder, as ``facialis analyse`` writes it, back into a session with its signals.

    Parameters
    ----------
    folder
        The folder with ``session.json``, ``events.tsv`` and ``signals.parquet``.

    Returns
    -------
    Session
        With events, measures, limits, findings and ``motion``. Where the face was (``track``) is not kept.

    Raises
    ------
    FormatError
        A file is missing, broken, of a format version that this facialis does not know, or of another recording than
        the file beside it.

    Notes
    -----
    Events come from ``events.tsv`` as it is now: if a person corrected that file, the measures in ``session.json`` are
    still those of the detector's own events. `measures_of` makes them again.

    Examples
    --------
    >>> session = read_session("facialis-out/my-face")  # doctest: +SKIP
    >>> session.events_table().to_pandas()  # doctest: +SKIP
    """
    place = Path(folder)
    try:
        events = read_events(place / "events.tsv")
        session = read_session_json(place / "session.json", events)
        motion = read_motion(place / "signals.parquet")
        if motion.time_s.size != session.recording.frames:
            frames, others = motion.time_s.size, session.recording.frames
            raise FormatError(**said("two_recordings", place=place, frames=frames, others=others))
        return replace(session, signals=motion)
    except OSError as error:
        name = error.filename or place
        raise FormatError(**said("result_not_read", name=name, why=error.strerror or error)) from error
