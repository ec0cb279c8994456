"""Fixtures: small recordings, made once for all tests, and the command line as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from facialis.core.records import Frame
from facialis.film.encode import VideoWriter
from facialis.phantom.recording import PhantomSource
from facialis.phantom.specification import Camera, Identity, PhantomSpec, parse_spec

Run = Callable[..., "subprocess.CompletedProcess[str]"]

FACE = """\
duration_s: 4
camera: {width_px: 320, height_px: 320, iod_share: 0.3}
acts:
  - {act: contraction, side: left, onset_s: 1.5, duration_s: 0.15, amplitude_iod: 0.04}
  - {act: contraction, side: left, onset_s: 2.5, duration_s: 0.15, amplitude_iod: 0.04}
"""
SMALL = Camera(width_px=320, height_px=320, iod_share=0.3)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``python -m facialis`` in an empty folder, as a process of its own."""

    def call(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-W", "error", "-m", "facialis", *map(str, arguments)]
        settings: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "timeout": 300} | options
        done: subprocess.CompletedProcess[str] = subprocess.run(command, text=True, check=False, **settings)
        return done

    return call


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of small recordings: ``face.mp4``, ``face.mkv``, ``two.mp4``, ``nobody.mp4`` and broken ones."""
    folder = tmp_path_factory.mktemp("clips")
    frames = list(PhantomSource(parse_spec(FACE, "face", "face")).frames())
    for name in ("face.mp4", "face.mkv"):
        with VideoWriter(folder / name, width_px=320, height_px=320, frame_rate_hz=30.0) as writer:
            for frame in frames:
                writer.write(frame)
            writer.finish()
    _two_faces(folder / "two.mp4")
    _nobody(folder / "nobody.mp4")

    whole = (folder / "face.mp4").read_bytes()
    (folder / "cut.mp4").write_bytes(whole[: len(whole) * 6 // 10])
    whole = (folder / "face.mkv").read_bytes()
    (folder / "cut.mkv").write_bytes(whole[: len(whole) * 6 // 10])
    (folder / "empty.mp4").write_bytes(b"")
    (folder / "text.mp4").write_text("This is a letter, not a video.\n" * 100)
    (folder / "folder.mp4").mkdir()
    return folder


def _two_faces(path: Path) -> None:
    """A nearer man on the left of the picture, a woman further away on its right, for two seconds."""
    near = PhantomSource(PhantomSpec(duration_s=2.0, camera=SMALL))
    far = PhantomSource(
        PhantomSpec(
            duration_s=2.0,
            camera=Camera(width_px=320, height_px=320, iod_share=0.2),
            identity=Identity(person="woman_a", tone="olive"),
        )
    )
    with VideoWriter(path, width_px=640, height_px=320, frame_rate_hz=30.0) as writer:
        for one, other in zip(near.frames(), far.frames(), strict=True):
            luma = np.hstack([one.luma, other.luma])
            chroma = np.concatenate([one.chroma, other.chroma], axis=2)
            writer.write(Frame(index=one.index, time_s=one.time_s, luma=luma, chroma=chroma))
        writer.finish()


def _nobody(path: Path) -> None:
    """Two seconds of a noisy wall."""
    rng = np.random.Generator(np.random.SFC64(1))
    with VideoWriter(path, width_px=320, height_px=240, frame_rate_hz=30.0) as writer:
        for index in range(60):
            luma = rng.normal(120, 6, (240, 320)).clip(0, 255).astype(np.uint8)
            grey = np.full((2, 120, 160), 128, np.uint8)
            writer.write(Frame(index=index, time_s=index / 30.0, luma=luma, chroma=grey))
        writer.finish()
