"""Frames a second from decoding to result, on one core: ``python benchmarks/speed.py`` or ``make bench``.

Everything, child processes included, is held to one core. "frames/s" is frames over the processor time of all
processes, which is what an idle core would give even while others use the machine; "wall" is what the clock said.
Stages are timed apart on the same frames and given as ratios to decoding alone, which hardly depend on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2

import facialis
from facialis.core.records import Frame
from facialis.core.settings import Settings
from facialis.measure.acts import Blink, HeadMotion
from facialis.measure.contractions import Train
from facialis.measure.events import Found, find_events
from facialis.measure.limits import detection_limits
from facialis.measure.mesh import FaceMesh, Look
from facialis.measure.motion import Tracked, track_motion
from facialis.measure.phantom import PhantomSpec, write_phantom
from facialis.measure.session import measure_recording
from facialis.measure.specification import Camera
from facialis.measure.video import VideoFile

ROOT = Path(__file__).resolve().parent.parent
SIZES_PX = ((640, 360), (1280, 720))
FOOTAGE = ("WolfgangLanger_Pexels.mp4", "evm_face.mp4", "lp_d13.mp4")
GOAL_PER_S = 60.0  # at 640×360
LENGTH_S = 6.0


@dataclass(frozen=True)
class Took:
    """Processor and clock time of something."""

    cpu_s: float
    wall_s: float


def timed(action: Callable[[], object], repeats: int) -> Took:
    """The least of some repeats, so that what else the machine does counts little."""
    rows = []
    for _ in range(repeats):
        cpu, wall = _cpu_s(), time.monotonic()
        action()
        rows.append(Took(_cpu_s() - cpu, time.monotonic() - wall))
    return min(rows, key=lambda row: row.cpu_s)


def _cpu_s() -> float:
    parts = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(p.ru_utime + p.ru_stime for p in parts)


class Replay:
    """Meshes that were found before, in turn: what the rest costs without the mesh."""

    def __init__(self, looks: Iterable[Look]) -> None:
        self._looks = iter(looks)

    def look(self, frame: Frame) -> Look:  # noqa: ARG002 - one of the backends
        return next(self._looks)


def clip(cache: Path, width_px: int, height_px: int) -> Path:
    """A face that sways, blinks and twitches."""
    acts = (
        HeadMotion(onset_s=0, duration_s=LENGTH_S, motion="walk", yaw_deg=1, pitch_deg=1, roll_deg=0.5, x_iod=0.02),
        Blink(onset_s=1.0),
        Blink(onset_s=4.2),
        Train(onset_s=2.0, duration_s=0.15, side="left", pulses=4, spacing_s=0.4, amplitude_iod=(0.01, 0.05)),
    )
    spec = PhantomSpec(
        duration_s=LENGTH_S, acts=acts, camera=Camera(width_px=width_px, height_px=height_px, iod_share=0.25)
    )
    path = cache / f"speed.{width_px}x{height_px}.{spec.fingerprint()[:8]}.mp4"
    if not path.exists():
        print(f"making {path.name}", file=sys.stderr)
        write_phantom(spec, path)
    return path


def stages(path: Path, repeats: int) -> tuple[dict[str, Took], int]:
    """Time of each stage and of the whole, and how many frames there are."""
    settings = Settings()
    took: dict[str, Took] = {}

    def drain() -> None:
        with VideoFile(path) as video:
            for _ in video.frames():
                pass

    took["decode"] = timed(drain, repeats)
    with VideoFile(path) as video:
        frames = list(video.frames())
    looks: list[Look] = []

    def mesh() -> None:
        backend = FaceMesh()
        looks[:] = [backend.look(frame) for frame in frames]

    took["mesh"] = timed(mesh, repeats)
    tracked: list[Tracked] = []
    took["registration"] = timed(lambda: tracked.append(track_motion(frames, Replay(looks))), repeats)
    motion = tracked[-1].motion
    found: list[Found] = []

    def events() -> None:
        found.append(find_events(motion, settings.events, "bench"))
        detection_limits(found[-1])

    took["events"] = timed(events, repeats)
    took["whole"] = timed(lambda: measure_recording(path, settings), repeats)
    return took, len(frames)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Path(os.environ.get("FACIALIS_FOOTAGE") or ROOT.parent / "shared" / "footage")
    parser.add_argument("--footage", type=Path, default=usual)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "facialis-validation")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    files = [clip(options.cache, *size) for size in SIZES_PX]
    files += [options.footage / name for name in FOOTAGE if (options.footage / name).is_file()]
    names = ("decode", "mesh", "registration", "events", "whole")
    head = ["recording", "frames", *(f"{n} ms" for n in names), "whole/decode", "frames/s", "wall"]
    rows, kept = [head], {}
    for path in files:
        took, count = stages(path, options.repeats)
        each = {name: took[name].cpu_s / count for name in names}
        rate = 1 / each["whole"]
        label = path.stem.removeprefix("speed.").split(".")[0] if path in files[: len(SIZES_PX)] else path.name
        rows.append(
            [
                label,
                str(count),
                *(f"{1e3 * each[n]:.2f} ({each[n] / each['decode']:.1f}×)" for n in names[:-1]),
                f"{1e3 * each['whole']:.2f}",
                f"{each['whole'] / each['decode']:.1f}×",
                f"{rate:.0f}",
                f"{count / took['whole'].wall_s:.0f}",
            ]
        )
        kept[label] = {"frames": count, "frames_per_s": rate} | {f"{n}_ms": 1e3 * s for n, s in each.items()}
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    print("milliseconds of one core a frame (ratio to decoding alone), best of", options.repeats)
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    goal = kept[f"{SIZES_PX[0][0]}x{SIZES_PX[0][1]}"]["frames_per_s"] >= GOAL_PER_S
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "facialis": facialis.__version__,
        "python": platform.python_version(),
        "machine": _processor(),
    }
    said = f"{'≥' if goal else '<'} {GOAL_PER_S:.0f} frames/s at 640×360"
    print("\n" + " · ".join([said, *(f"{key} {value}" for key, value in facts.items())]))
    if options.json is not None:
        options.json.write_text(json.dumps(facts | {"recordings": kept}, indent=1) + "\n", encoding="utf-8")
    return 0 if goal else 1


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _on_one_core() -> None:
    """Start again held to one core: threads that libraries began while being imported would stay on the others."""
    if hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        os.execv(sys.executable, [sys.executable, *sys.argv])


if __name__ == "__main__":
    _on_one_core()
    sys.exit(main())
