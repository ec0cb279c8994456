"""Clips as facialis measures them; a result is kept beside the clip until the measuring code changes."""

from __future__ import annotations

import pickle
from pathlib import Path

from facialis.core.errors import FaceError
from facialis.core.records import Event, Session
from facialis.core.settings import Settings
from facialis.measure.session import measure_recording
from validation.trial import code_key

__all__ = ["measured", "twitches_of"]


def measured(path: Path, cache: Path, settings: Settings | None = None) -> Session | None:
    """The session of a clip that this trial made itself; None where no face could be measured."""
    settings = settings or Settings()
    kept = cache / f"{path.stem}.{code_key()}.{settings.fingerprint()}.session"
    if kept.exists():
        found: Session | None = pickle.loads(kept.read_bytes())
        return found
    try:
        session = measure_recording(path, settings)
    except FaceError:
        session = None
    kept.write_bytes(pickle.dumps(session))
    return session


def twitches_of(session: Session | None) -> list[Event]:
    """What it calls a twitch."""
    return [] if session is None else [e for e in session.events if e.trial_type == "twitch"]
