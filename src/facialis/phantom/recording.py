"""Phantoms: recordings of a face that nobody has, with contractions whose side, time and size are exactly known.

A `PhantomSpec` says everything; `truth` says what a perfect observer would report, `PhantomSource` gives the pictures
as a camera sees them, `write_phantom` writes them as a video with its truth beside it. Equal specifications give equal
pictures.

The unit of size is the interocular distance (IOD): the distance, in the picture, of the two pupils of the resting head
that looks straight ahead.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from math import inf
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import OutputError
from facialis.core.records import Event, Frame, Recording
from facialis.files.events import write_events
from facialis.film.encode import VideoWriter, replacing
from facialis.film.sources import Declared
from facialis.phantom.acts import Stage
from facialis.phantom.scene import Scene
from facialis.phantom.specification import Camera, Identity, PhantomSpec, as_spec
from facialis.phantom.truth import stage, truth

__all__ = [
    "Camera",
    "Identity",
    "PhantomSource",
    "PhantomSpec",
    "Progress",
    "stage",
    "truth",
    "write_phantom",
]

Floats = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with frames done and frames in all."""

_BATCH = 24  # frames a worker makes at a time; chosen: 10 - 60 run equally fast

_WORTH_IT = 100  # frames; chosen: starting processes takes as long as making 50 - 150 frames


class PhantomSource:
    """A phantom as a `facialis.film.sources.FrameSource`: pictures straight from the sensor, without any codec.

    Parameters
    ----------
    spec
        The phantom. Codec, crf and rotation of its camera are not used.
    """

    declared: Declared

    def __init__(self, spec: PhantomSpec) -> None:
        self.spec = spec
        camera = spec.camera
        self.declared = Declared(
            duration_s=spec.frames / spec.frame_rate_hz,
            frames=spec.frames,
            width_px=camera.width_px,
            height_px=camera.height_px,
            rotation_deg=0,
            rate_hz=spec.frame_rate_hz,
            container="phantom",
            codec="none",
        )

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``."""
        times = self.spec.times_s()
        wanted = np.flatnonzero((times >= start_s) & (times < stop_s))
        scene = Scene(self.spec)
        for first in range(0, len(wanted), _BATCH):
            yield from _render(self.spec, scene, times, wanted[first : first + _BATCH].tolist())

    @property
    def recording(self) -> Recording:
        """All facts; ``sha256`` is the fingerprint of the specification."""
        spec = self.spec
        times = spec.times_s()
        steps = np.diff(times) if len(times) > 1 else np.array([1 / spec.frame_rate_hz])
        return Recording(
            name=spec.name,
            sha256=spec.fingerprint(),
            container="phantom",
            codec="none",
            width_px=spec.camera.width_px,
            height_px=spec.camera.height_px,
            rotation_deg=0,
            duration_s=float(times[-1] + np.median(steps)),
            frames=spec.frames,
            frames_declared=spec.frames,
            frame_rate_hz=float(1 / np.mean(steps)),
            frame_interval_sd_ms=float(1000 * np.std(steps)),
            variable_rate=spec.camera.jitter_ms > 0,
            truncated=False,
        )


def _render(spec: PhantomSpec, scene: Scene, times: Floats, indices: Sequence[int]) -> Iterator[Frame]:
    """Frames by number."""
    camera = spec.camera
    blur = camera.blur_samples
    exposure = (np.arange(blur) + 0.5) / blur - 0.5 if blur > 1 else np.zeros(1)
    exposure *= camera.exposure_share / spec.frame_rate_hz
    moments: Stage = stage(spec, (times[list(indices)][:, None] + exposure).ravel())
    for k, index in enumerate(indices):
        picture = scene.picture(moments, k * blur)
        for extra in range(1, blur):
            picture += scene.picture(moments, k * blur + extra)
        if blur > 1:
            picture /= blur
        yield scene.frame(picture, index, float(times[index]))


def _batch(spec: PhantomSpec, indices: Sequence[int]) -> list[Frame]:
    return list(_render(spec, Scene(spec), spec.times_s(), indices))


def _all_frames(spec: PhantomSpec, jobs: int, stack: ExitStack) -> Iterator[Frame]:
    """Every frame in order, made by ``jobs`` processes; the same bytes whatever their number."""
    batches = [range(k, min(k + _BATCH, spec.frames)) for k in range(0, spec.frames, _BATCH)]
    if jobs <= 1 or spec.frames < _WORTH_IT:
        for batch in batches:
            yield from _batch(spec, batch)
        return
    # Not a fork: threads of OpenCV may be running.
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_begin_work)
    stack.callback(pool.shutdown, wait=True, cancel_futures=True)
    try:
        waiting = [pool.submit(_batch, spec, batch) for batch in batches[: 2 * jobs]]
        for k in range(len(batches)):
            frames = waiting.pop(0).result()
            if k + 2 * jobs < len(batches):
                waiting.append(pool.submit(_batch, spec, batches[k + 2 * jobs]))
            yield from frames
    except BrokenProcessPool as error:
        raise OutputError(
            "A process that made pictures of the phantom was ended.",
            advice="Memory may have run out: close other programs, or make a smaller or shorter phantom.",
        ) from error


def _begin_work() -> None:
    """Leave Ctrl-C to the parent, and the other cores to the other processes; end when the parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cv2.setNumThreads(1)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """A parent that is killed tells nobody, and its workers would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def write_phantom(
    spec: PhantomSpec | Path | str, path: Path | str, progress: Progress | None = None, jobs: int = 1
) -> tuple[Event, ...]:
    """Write a recording of a rendered head whose events are known, and its truth beside it as ``<stem>.events.tsv``.

    Parameters
    ----------
    spec
        What the head does: a specification, its YAML as text, or the path of a YAML file (a `Path`, or text that ends
        in ``.yaml``). ``docs/reference/phantom.md`` lists the keys.
    path
        The video to write; its suffix (mp4, mov, mkv, webm, avi) names the container. An existing file is replaced,
        once the new one is whole.
    progress
        Called with the number of frames done and of all frames.
    jobs
        Processes that make frames. The file is the same whatever their number.

    Returns
    -------
    tuple of Event
        The truth: what a perfect observer would report, in order of onset.

    Raises
    ------
    OutputError
        The disk is full or the folder cannot be written to. Nothing half-written is left, nor when the user stops it.
    FormatError
        The specification cannot be read, the codec does not go into the container, or a size cannot be reached.

    Notes
    -----
    Equal specifications give equal frames. The face is rendered: what is found in phantoms does not say how well
    facialis does on people.

    Examples
    --------
    >>> spec = \"\"\"
    ... duration_s: 4
    ... acts:
    ...   - {act: contraction, side: left, onset_s: 2, duration_s: 0.15, amplitude_iod: 0.02, regions: eye}
    ... \"\"\"
    >>> truth = write_phantom(spec, "phantom.mp4")  # doctest: +SKIP
    """
    spec, path = as_spec(spec), Path(path)
    events = truth(spec)
    with ExitStack() as stack:
        video, table = stack.enter_context(replacing(path, path.with_name(f"{path.stem}.events.tsv")))
        camera = spec.camera
        writer = stack.enter_context(
            VideoWriter(
                video,
                width_px=camera.width_px,
                height_px=camera.height_px,
                frame_rate_hz=spec.frame_rate_hz,
                codec=camera.codec,
                crf=camera.crf,
                rotation_deg=camera.rotation_deg,
                name=path.name,
            )
        )
        for frame in _all_frames(spec, jobs, stack):
            writer.write(frame)
            if progress is not None:
                progress(frame.index + 1, spec.frames)
        writer.finish()
        write_events(events, table)
    return events
