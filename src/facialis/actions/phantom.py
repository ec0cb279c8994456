"""A phantom and its truth beside it, where nobody's recording is overwritten."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from facialis.core.errors import InputError, OutputError
from facialis.core.records import Event

__all__ = ["check_free", "make_phantom", "truth_path"]

MOST_JOBS = 4  # chosen: the encoder keeps pace with about four painters; more only use memory


def truth_path(video: Path) -> Path:
    """Where the truth of a phantom lies: ``OUT.events.tsv`` beside ``OUT.mp4``."""
    return video.with_name(video.stem + ".events.tsv")


def check_free(video: Path) -> None:
    """InputError unless the name is free, or known to be a phantom's: there may be a recording of somebody there."""
    if video.is_dir():
        raise InputError(f"{video} is a folder.", advice="Name the video to make, e.g. phantom.mp4.")
    if video.exists() and not video.is_file():
        raise InputError(f"{video} is no ordinary file.", advice="Name the video to make, e.g. phantom.mp4.")
    if video.exists() and video.stat().st_size and not truth_path(video).exists():
        raise InputError(
            f"{video} is there already, and may be a real recording.",
            advice="Choose another name, or move it away.",
        )


def make_phantom(video: Path, spec: Path | None, report: Callable[[str, float], None]) -> tuple[Event, ...]:
    """Write the phantom of ``spec`` (None: the demo's) and its truth, both or neither; returns the truth."""
    from facialis.phantom.recording import write_phantom
    from facialis.phantom.specification import read_spec, shipped_spec

    wanted = shipped_spec("demo") if spec is None else read_spec(spec)
    try:
        video.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{video.parent} cannot be made: {error.strerror}.", advice="Choose another folder."
        ) from error
    jobs = min(os.cpu_count() or 1, MOST_JOBS)
    return write_phantom(
        wanted, video, progress=lambda done, frames: report("making the recording", done / frames), jobs=jobs
    )
