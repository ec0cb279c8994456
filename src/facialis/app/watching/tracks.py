"""Where the face was, frame by frame: kept after the measurement, as loops of events are cut from the film by it."""

from __future__ import annotations

import io
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import folder_of, keep
from facialis.core.errors import FormatError
from facialis.core.records import FaceTrack

__all__ = ["TRACK", "keep_track", "track_of"]

TRACK = "track"
"""What it is called among what is kept of a recording."""


def keep_track(recording: Recording, track: FaceTrack) -> None:
    """Keep where the face was; nothing where there is no room for it: what needs it finds it out again."""
    packed = io.BytesIO()
    # Four numbers turn, scale and move a picture; a hundredth of a pixel is enough of them.
    warp = track.to_raster[:, [0, 1], [0, 0]], track.to_raster[:, :, 2]
    np.savez(packed, time_s=track.time_s, warp=np.concatenate(warp, axis=1).astype(np.float32))
    packed.seek(0)
    with suppress(OSError):
        keep(recording, TRACK, packed)


def track_of(recording: Recording, time_s: NDArray[np.float64]) -> FaceTrack | None:
    """Where the face was at these times, those of the signals; None where it was not kept, or of another result."""
    try:
        packed = np.load(io.BytesIO(folder_of(recording).read(TRACK)), allow_pickle=False)
        if not np.array_equal(packed["time_s"], time_s):
            return None
        a, b, x, y = packed["warp"].astype(np.float64).T
    except (FormatError, OSError, KeyError, ValueError):
        return None
    n = time_s.size
    return FaceTrack(
        time_s=time_s,
        to_raster=np.stack([a, -b, x, b, a, y], axis=1).reshape(n, 2, 3),
        iod_px=np.full(n, np.nan),
        box_px=np.full((n, 4), np.nan),
        outline_raster=np.zeros((0, 2)),
        faces_seen=1,
    )
