"""The curves of a recording as the page draws them: times of all frames, and what moved, as plain numbers."""

from __future__ import annotations

import io
import json
import struct
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import folder_of, keep, result_stamp
from facialis.app.review.content import session_of
from facialis.core.errors import FormatError
from facialis.core.knowledge import wording
from facialis.core.records import SIDES, Session
from facialis.report.drawing.anatomy import plain_name
from facialis.report.session.figures import moved_percent, traces

__all__ = ["SIGNALS", "TIMES", "frame_times", "keep_numbers", "signals_of"]

TIMES, SIGNALS = "times", "signals"
"""What both are called among what is kept of a recording: behind the stamp of the result that they were made of."""
_WORD_BYTES = 8


def frame_times(recording: Recording) -> bytes:
    """When each frame is shown: little-endian doubles, seconds from the first frame, in order.

    Raises
    ------
    FormatError
        The result is missing or broken.
    """
    return _kept(recording, TIMES)


def signals_of(recording: Recording) -> bytes:
    """All curves in one file: the length of a head (four bytes), the head (JSON), then floats, one curve after another.

    The head names each curve (``key``, ``name``, ``side``, ``unit``) in the order of the floats, says how many
    ``frames`` each has, the ``top`` of the scale and each side's ``limit``, in per cent of the distance between the
    eyes. A gap is NaN.
    """
    kept = _kept(recording, SIGNALS)
    (length,) = struct.unpack_from("<I", kept)
    head = json.loads(kept[4 : 4 + length])
    for row in head["curves"]:  # kept without words: somebody else may speak another language
        row["name"] = wording(f"lane_{row['key']}") if row["lane"] else plain_name(row["key"])
    return b"".join((_headed(head), memoryview(kept)[4 + length :]))


def keep_numbers(recording: Recording, session: Session) -> None:
    """Keep what the page draws, so that its first look need not wait for it; none of it where there is no room.

    Called when the result is in its place. What is kept is told apart by the result's stamp: of an earlier result
    nothing is ever shown.
    """
    _keep(recording, session)


def _kept(recording: Recording, name: str) -> bytes:
    """What was kept of the result that is there, or else is made now and kept."""
    stamp = result_stamp(recording)
    with suppress(FormatError, OSError):
        content = folder_of(recording).read(name)
        if stamp and content[:_WORD_BYTES] == struct.pack("<q", stamp):
            return content[_WORD_BYTES:]
    return _keep(recording, session_of(recording))[name]


def _keep(recording: Recording, session: Session) -> dict[str, bytes]:
    made = {TIMES: session.motion.time_s.astype("<f8").tobytes(), SIGNALS: _packed(session)}
    stamp = struct.pack("<q", result_stamp(recording))
    for name, content in made.items() if recording.folder.is_dir() else ():  # it may have been deleted meanwhile
        with suppress(OSError):  # there is no room; it is made again the next time
            keep(recording, name, io.BytesIO(stamp + content))
    return made


def _packed(session: Session) -> bytes:
    motion = session.motion
    shown = traces(motion, session)
    size = moved_percent(motion, session)
    rows: list[dict[str, Any]] = []
    curves: list[NDArray[np.float64]] = []
    for key, values in (("eye", shown.eye), ("mouth", shown.mouth), ("opening", shown.aperture)):
        for s, side in enumerate(SIDES):
            rows.append({"key": key, "lane": True, "side": side, "unit": "%"})
            curves.append(values[:, s])
    for r, region in enumerate(motion.regions):
        for s, side in enumerate(SIDES):
            rows.append({"key": region, "lane": False, "side": side, "unit": "%"})
            curves.append(size[:, s, r])
    head = {
        "frames": int(motion.time_s.size),
        "duration_s": session.recording.duration_s,
        "top": shown.top,
        "limit": shown.limit,
        "curves": rows,
    }
    return _headed(head) + b"".join(curve.astype("<f4").tobytes() for curve in curves)


def _headed(head: dict[str, Any]) -> bytes:
    text = json.dumps(head).encode()
    text += b" " * (-(len(text) + 4) % _WORD_BYTES)
    return struct.pack("<I", len(text)) + text
