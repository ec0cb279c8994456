"""Writing a video, wholly or not at all. With `facialis.film.decoder` the only place that knows PyAV."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FormatError, OutputError
from facialis.core.messages import reason, said
from facialis.core.records import Frame
from facialis.core.temporary import remove_leftovers, temporary_file
from facialis.film.sources import FrameSource

__all__ = ["CODECS", "Codec", "VideoWriter", "replacing", "write_copy_for_pages"]

Codec = Literal["libx264", "mpeg4", "libvpx-vp9"]

CODECS: tuple[Codec, ...] = ("libx264", "mpeg4", "libvpx-vp9")
_TICKS_HZ = 90_000  # ticks a second: what MP4 and MPEG use; every usual frame rate divides it
_SEEK_FRAMES = 15  # a copy for pages can be entered at each such frame ; chosen: 8 - 15
_COPY_PX = 1280  # chosen: the longer side of a copy for pages, where a film is shown 1000 pixels wide; 960 - 1920
_FORMATS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm", ".avi": "avi"}


@contextmanager
def replacing(*paths: Path) -> Iterator[tuple[Path, ...]]:
    """Temporary names beside ``paths``, renamed to them together when the block ends well, removed otherwise.

    Raises
    ------
    OutputError
        If the folder cannot be written to, or the disk is full.
    """
    for folder in {path.parent for path in paths}:
        remove_leftovers(folder)
    try:
        with ExitStack() as stack:
            temporary = tuple(stack.enter_context(temporary_file(path.parent, path.suffix)) for path in paths)
            yield temporary
            for source, target in zip(temporary, paths, strict=True):
                source.replace(target)
    except OSError as error:
        raise _refusal(paths[0], error) from error


def _refusal(path: Path, error: OSError) -> OutputError:
    why, advice = reason(error)
    return OutputError(**said("film_not_written", name=path.name, why=why, folder=path.parent, advice=advice))


class VideoWriter:
    """Writes frames into one video file.

    Parameters
    ----------
    path
        The file, with a suffix that says the container.
    width_px, height_px
        The size of the upright frame; even numbers.
    frame_rate_hz
        The nominal rate; frames keep their own times.
    codec
        One of `CODECS`.
    crf
        The quality, from 0 (best) to 51. It has no effect with mpeg4, which is always written at its best.
    rotation_deg
        0, 90, 180 or 270. With a rotation the frame is stored turned, with metadata to turn it back.
    name
        What to call the file in messages; its own name when left out.
    for_pages
        For a browser: entered at every 15th frame, no frame that waits for a later one, the index in front. MP4 and
        H.264 only.

    Raises
    ------
    FormatError
        The suffix names no container that facialis writes, or the codec does not take these values.
    OutputError
        The file cannot be written.
    """

    def __init__(
        self,
        path: Path,
        *,
        width_px: int,
        height_px: int,
        frame_rate_hz: float,
        codec: Codec = "libx264",
        crf: int = 20,
        rotation_deg: int = 0,
        name: str = "",
        for_pages: bool = False,
    ) -> None:
        import av

        self._path = path.with_name(name or path.name)
        self._turns = rotation_deg // 90
        if path.suffix.lower() not in _FORMATS:
            key = "film_kind" if path.suffix else "film_no_suffix"
            raise FormatError(**said(key, suffix=path.suffix, known=", ".join(_FORMATS)))
        with self._door():
            more = {"movflags": "faststart", "fflags": "bitexact"} if for_pages else {}
            self._container = av.open(str(path), "w", format=_FORMATS[path.suffix.lower()], options=more)
        try:
            with self._door():
                rate = Fraction(frame_rate_hz).limit_denominator(1001)
                stream = self._container.add_stream(codec, rate=rate)
                turned = self._turns % 2
                stream.width, stream.height = (height_px, width_px) if turned else (width_px, height_px)
                stream.pix_fmt = "yuv420p"
                stream.codec_context.time_base = Fraction(1, _TICKS_HZ)
                stream.codec_context.thread_count = 1  # so that the same frames give the same bytes
                if rotation_deg:
                    stream.set_display_rotation(-rotation_deg)  # PyAV counts anticlockwise
                stream.codec_context.color_range = 1  # 16-235, as cameras write
                stream.codec_context.colorspace = 5  # BT.601, the matrix `Frame` uses
                stream.options = dict(_options(codec, crf))
                if for_pages:
                    stream.options |= {"g": str(_SEEK_FRAMES), "bf": "0", "flags": "+bitexact"}
                if codec == "mpeg4":
                    stream.codec_context.time_base = Fraction(1, 1) / rate
                self._stream = stream
                self._base = stream.codec_context.time_base
        except BaseException:
            self._container.close()
            raise
        self._finished = False

    def __enter__(self) -> VideoWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._finished:
            self._finished = True
            try:
                self._container.close()
            except Exception:  # the file is thrown away, whatever is wrong with it
                if kind is None:
                    raise

    def write(self, frame: Frame) -> None:
        """Append a frame."""
        import av

        with self._door():
            picture = av.VideoFrame(self._stream.width, self._stream.height, "yuv420p")
            luma = np.rint(16 + frame.luma.astype(np.float32) * (219 / 255)).astype(np.uint8)
            chroma = np.rint(128 + (frame.chroma.astype(np.float32) - 128) * (224 / 255)).astype(np.uint8)
            for plane, values in zip(picture.planes, (luma, chroma[0], chroma[1]), strict=True):
                turned = np.rot90(values, self._turns)  # anticlockwise; the reader turns it back clockwise
                padded = np.zeros((turned.shape[0], plane.line_size), np.uint8)
                padded[:, : turned.shape[1]] = turned
                plane.update(padded.tobytes())
            picture.color_range, picture.colorspace = 1, 5
            picture.time_base = self._base
            picture.pts = round(frame.time_s / self._base)
            for packet in self._stream.encode(picture):
                self._container.mux(packet)

    def finish(self) -> None:
        """Write what is still held back, and close the file."""
        with self._door():
            for packet in self._stream.encode():
                self._container.mux(packet)
            self._finished = True
            self._container.close()

    @contextmanager
    def _door(self) -> Iterator[None]:
        """Map what PyAV raises."""
        import av

        try:
            yield
        except OSError as error:
            raise _refusal(self._path, error) from error
        except (av.FFmpegError, ValueError) as error:
            raise FormatError(**said("film_settings", error=error)) from error


def _options(codec: Codec, crf: int) -> dict[str, object]:
    if codec == "libx264":
        # Measured: with its macroblock tree x264 (core 165) gives other bytes in the first run of a process than later.
        return {"crf": str(crf), "preset": "veryfast", "x264-params": "mbtree=0"}
    if codec == "libvpx-vp9":
        return {"crf": str(crf), "b": "0", "deadline": "realtime", "cpu-used": "6"}
    return {"qscale": str(max(2, crf // 4)), "flags": "+qscale", "global_quality": str(118 * (crf // 4))}


def write_copy_for_pages(source: FrameSource, path: Path, progress: Callable[[float], None] | None = None) -> None:
    """Write a copy of a recording that browsers play and can show frame by frame; what is measured stays the original.

    Parameters
    ----------
    source
        Upright frames with their own times in s; read once, to its end.
    path
        An MP4 file, there as a whole or not at all.
    progress
        Called now and then with the share (0–1) that is written.

    Raises
    ------
    OutputError
        The file cannot be written.
    VideoError
        From the source.

    Notes
    -----
    H.264 (libx264, of the PyAV wheels), 8 bit, without sound and without anything that the original says of itself.
    Each frame keeps its time to 1/90 000 s. Turned upright; at most 1280 pixels on the longer side. Where the first
    frames of a recording could not be decoded, the first that could stands from 0 on.

    Examples
    --------
    >>> with VideoFile("kitchen.mov") as film:  # doctest: +SKIP
    ...     write_copy_for_pages(film, Path("kitchen.mp4"))
    """
    declared = source.declared
    scale = min(1.0, _COPY_PX / max(declared.width_px, declared.height_px))
    size = (_even(declared.width_px * scale), _even(declared.height_px * scale))
    with (
        replacing(path) as (part,),
        VideoWriter(
            part,
            width_px=size[0],
            height_px=size[1],
            frame_rate_hz=min(max(declared.rate_hz or 30.0, 1.0), 1000.0),
            name=path.name,
            for_pages=True,
        ) as writer,
    ):
        for frame in source.frames():
            small = replace(
                frame,
                luma=_fitted(frame.luma, size),
                chroma=np.stack([_fitted(plane, (size[0] // 2, size[1] // 2)) for plane in frame.chroma]),
            )
            if frame.index == 0 and frame.time_s > 0:
                writer.write(replace(small, time_s=0.0))
            writer.write(small)
            if progress is not None and declared.duration_s:
                progress(min(1.0, frame.time_s / declared.duration_s))
        writer.finish()


def _even(length: float) -> int:
    return max(2, 2 * round(length / 2))


def _fitted(plane: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    if plane.shape == size[::-1]:
        return plane
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
