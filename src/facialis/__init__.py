"""facialis measures facial twitching from ordinary video.

This is the front door for Python: eight names, each loaded when it is first used, so that importing this package loads
no video, model or plotting library and has no side effect. ``docs/reference/from-python.md`` shows them with examples.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from facialis.core.version import __version__

if TYPE_CHECKING:
    from facialis.actions.answer import answer
    from facialis.actions.report import write_report
    from facialis.files.person import read_person
    from facialis.files.session_folder import read_session
    from facialis.measure.events.decision import find_events
    from facialis.measure.measures import measures_of
    from facialis.measure.session import measure_recording
    from facialis.phantom.recording import write_phantom

__all__ = [
    "__version__",
    "answer",
    "find_events",
    "measure_recording",
    "measures_of",
    "read_person",
    "read_session",
    "write_phantom",
    "write_report",
]

_BEHIND = {
    "answer": "facialis.actions.answer",
    "find_events": "facialis.measure.events.decision",
    "measure_recording": "facialis.measure.session",
    "measures_of": "facialis.measure.measures",
    "read_person": "facialis.files.person",
    "read_session": "facialis.files.session_folder",
    "write_phantom": "facialis.phantom.recording",
    "write_report": "facialis.actions.report",
}


def __getattr__(name: str) -> Any:
    if name not in _BEHIND:
        raise AttributeError(f"module 'facialis' has no attribute {name!r}")
    value = getattr(import_module(_BEHIND[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
