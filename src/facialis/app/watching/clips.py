"""The magnified loops of events that the result has: which there are, and the pictures of one."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from facialis.app.recordings.models import RESULT, Recording
from facialis.app.recordings.store import folder_of, result_stamp
from facialis.app.vault.plain import private_folder
from facialis.core.errors import FormatError
from facialis.files.clips import Clip, read_clips

__all__ = ["clips_of"]


def clips_of(recording: Recording) -> dict[int, Clip]:
    """The small films of a result by the place of their event, from 0; none where it has none that can be read."""
    return _clips(_Asked(recording.token, result_stamp(recording), recording))


@dataclass(frozen=True)
class _Asked:
    """What loops are kept by, and the recording that they are of."""

    token: str
    stamp: int
    recording: Recording = field(compare=False)


@lru_cache(maxsize=4)
def _clips(asked: _Asked) -> dict[int, Clip]:
    try:
        files = folder_of(asked.recording)
        with private_folder() as place:
            files.lay_out(files.names(f"{RESULT}/clips"), RESULT, place)
            return {clip.event: clip for clip in read_clips(place)}
    except (FormatError, OSError):
        return {}
