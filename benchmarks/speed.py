"""Frames a second from decoding to result, on one core: ``python benchmarks/speed.py`` or ``make bench``.

Everything, child processes included, is held to one core. "frames/s" is frames over the processor time of all
processes, which is what an idle core would give even while others use the machine; "wall" is what the clock said.
Stages are timed apart on the same frames; ratios hardly depend on the machine. "every" is what following the face costs
when the mesh looks at every picture, "looks" the share of pictures that it looks at otherwise. Then, on two cores,
1920×1080 by the clock, beside the decoder alone; skipped where there is one core only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2

import facialis
from facialis.core.records import Frame
from facialis.core.settings import Settings
from facialis.film.video import VideoFile
from facialis.measure.events.decision import Found, detect
from facialis.measure.face.mesh import FaceBox, FaceMesh, Look
from facialis.measure.face.motion import Tracked, track_motion
from facialis.measure.limits import detection_limits
from facialis.measure.session import measure_recording
from facialis.phantom.acts import Act, Blink, HeadMotion
from facialis.phantom.contractions import Train
from facialis.phantom.recording import PhantomSpec, write_phantom
from facialis.phantom.specification import Camera

ROOT = Path(__file__).resolve().parent.parent
SIZES_PX = ((640, 360), (1280, 720))
FOOTAGE = ("WolfgangLanger_Pexels.mp4", "evm_face.mp4", "lp_d13.mp4")
LARGE_PX = (1920, 1080)
GOAL_PER_S = 300.0  # at 640×360, decoding to motion on one core; events are counted apart
GOAL_RATIO = 3.0  # of a run with the mesh on every picture, at 640×360
GOAL_REAL_TIME, GOAL_OF_DECODER = 8.0, 0.5  # at 1920×1080 and 30 frames/s on two cores
LENGTH_S = 30.0  # half of what people record: starting the decoder and loading libraries count as they do for them
SECOND_PASS = "--two-cores"
CORES = "FACIALIS_BENCH_CORES"
ALL_CORES = (
    {int(core) for core in os.environ[CORES].split(",")}
    if CORES in os.environ
    else os.sched_getaffinity(0)
    if hasattr(os, "sched_getaffinity")
    else {0}
)


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


class Counting(FaceMesh):
    """The face mesh, and how often it looked."""

    def __init__(self, start: FaceBox | None = None, *, pace_s: float | None = None) -> None:
        super().__init__(start) if pace_s is None else super().__init__(start, pace_s=pace_s)
        self.looks = 0
        self.spent_s = 0.0

    def look(self, frame: Frame) -> Look:
        """Passed on."""
        self.looks += 1
        began = time.process_time()
        found = super().look(frame)
        self.spent_s += time.process_time() - began
        return found


def clip(cache: Path, width_px: int, height_px: int) -> Path:
    """A face that sways, blinks and twitches."""
    acts: tuple[Act, ...] = (
        HeadMotion(onset_s=0, duration_s=LENGTH_S, motion="walk", yaw_deg=1, pitch_deg=1, roll_deg=0.5, x_iod=0.02),
        *(Blink(onset_s=at) for start in range(0, int(LENGTH_S), 6) for at in (start + 1.0, start + 4.2)),
        *(
            Train(
                onset_s=start + 2.0, duration_s=0.15, side="left", pulses=4, spacing_s=0.4, amplitude_iod=(0.01, 0.05)
            )
            for start in range(0, int(LENGTH_S), 6)
        ),
    )
    spec = PhantomSpec(
        duration_s=LENGTH_S, acts=acts, camera=Camera(width_px=width_px, height_px=height_px, iod_share=0.25)
    )
    path = cache / f"speed.{width_px}x{height_px}.{spec.fingerprint()[:8]}.mp4"
    if not path.exists():
        print(f"making {path.name}", file=sys.stderr)
        write_phantom(spec, path)
    return path


def stages(path: Path, repeats: int) -> tuple[dict[str, Took], int, float]:
    """Time of each stage and of the whole, how many frames there are, and the share that the mesh looked at."""
    settings = Settings()
    took: dict[str, Took] = {}

    def drain() -> None:
        with VideoFile(path) as video:
            for _ in video.frames():
                pass

    took["decode"] = timed(drain, repeats)
    with VideoFile(path) as video:
        frames = list(video.frames())
    tracked: list[Tracked] = []
    meshes: list[Counting] = []

    def follow(pace_s: float | None) -> None:
        meshes.append(Counting(pace_s=pace_s))
        tracked.append(track_motion(frames, meshes[-1]))

    took["every"] = timed(lambda: follow(0.0), repeats)
    took["follow"] = timed(lambda: follow(None), repeats)
    spent_s = min(mesh.spent_s for mesh in meshes[-repeats:])
    took["mesh"] = Took(spent_s, spent_s)
    took["registration"] = Took(took["follow"].cpu_s - spent_s, took["follow"].wall_s - spent_s)
    motion = tracked[-1].motion
    found: list[Found] = []

    def events() -> None:
        found.append(detect(motion, settings.events, "bench"))
        detection_limits(found[-1])

    took["events"] = timed(events, repeats)
    took["whole"] = timed(lambda: measure_recording(path, settings), repeats)
    return took, len(frames), meshes[-1].looks / len(frames)


def large(path: Path, repeats: int) -> dict[str, float]:
    """What two cores do with a large picture, by the clock: frames/s decoded, and decoded and followed."""

    def drain() -> None:
        with VideoFile(path) as video:
            for _ in video.frames():
                pass

    counted: list[int] = []

    def follow() -> None:
        with VideoFile(path) as video:
            counted.append(len(track_motion(video.frames(), FaceMesh()).motion.time_s))

    follow()  # so that the model is loaded and the file is in memory
    decode, whole = (min(timed(action, 1).wall_s for _ in range(repeats)) for action in (drain, follow))
    return {"frames": counted[-1], "decode_per_s": counted[-1] / decode, "follow_per_s": counted[-1] / whole}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Path(os.environ.get("FACIALIS_FOOTAGE") or ROOT.parent / "shared" / "footage")
    parser.add_argument("--footage", type=Path, default=usual)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "facialis-validation")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument(SECOND_PASS, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    if options.two_cores:
        print(json.dumps(large(clip(options.cache, *LARGE_PX), options.repeats)))
        return 0
    files = [clip(options.cache, *size) for size in SIZES_PX]
    files += [options.footage / name for name in FOOTAGE if (options.footage / name).is_file()]
    names = ("decode", "mesh", "registration", "events", "whole")
    head = [
        "recording",
        "frames",
        *(f"{n} ms" for n in names),
        "looks",
        "frames/s",
        "wall",
        "to motion/s",
        "every/s",
        "×",
    ]
    rows, kept = [head], {}
    for path in files:
        took, count, looks = stages(path, options.repeats)
        each = {name: took[name].cpu_s / count for name in (*names, "follow", "every")}
        per_s = {
            "frames_per_s": 1 / each["whole"],
            "motion_per_s": 1 / (each["decode"] + each["follow"]),
            "every_per_s": 1 / (each["decode"] + each["every"]),
        }
        ratio = per_s["motion_per_s"] / per_s["every_per_s"]
        label = path.stem.removeprefix("speed.").split(".")[0] if path in files[: len(SIZES_PX)] else path.name
        rows.append(
            [
                label,
                str(count),
                *(f"{1e3 * each[n]:.2f} ({each[n] / each['decode']:.1f}×)" for n in names[:-1]),
                f"{1e3 * each['whole']:.2f}",
                f"{looks:.2f}",
                f"{per_s['frames_per_s']:.0f}",
                f"{count / took['whole'].wall_s:.0f}",
                f"{per_s['motion_per_s']:.0f}",
                f"{per_s['every_per_s']:.0f}",
                f"{ratio:.1f}",
            ]
        )
        kept[label] = {"frames": count, "looks": looks, "ratio": ratio} | per_s
        kept[label] |= {f"{n}_ms": 1e3 * s for n, s in each.items()}
    widths = [max(len(row[k]) for row in rows) for k in range(len(head))]
    print("milliseconds of one core a frame (ratio to decoding alone), best of", options.repeats)
    for row in rows:
        print("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    small = kept[f"{SIZES_PX[0][0]}x{SIZES_PX[0][1]}"]
    goals = {
        f"{GOAL_PER_S:.0f} frames/s at 640×360": small["motion_per_s"] / GOAL_PER_S,
        f"{GOAL_RATIO:g} × the mesh on every picture": small["ratio"] / GOAL_RATIO,
    }
    two = _on_two_cores(options.cache, options.repeats)
    if two is not None:
        real, share = two["follow_per_s"] / 30, two["follow_per_s"] / two["decode_per_s"]
        print(
            f"\n1920×1080, two cores, by the clock: decoder alone {two['decode_per_s']:.0f} frames/s, "
            f"to motion {two['follow_per_s']:.0f}: {real:.1f} × real time, {share:.2f} of the decoder"
        )
        goals[f"{GOAL_REAL_TIME:g} × real time at 1920×1080"] = real / GOAL_REAL_TIME
        goals[f"{GOAL_OF_DECODER:g} of the decoder"] = share / GOAL_OF_DECODER
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "facialis": facialis.__version__,
        "python": platform.python_version(),
        "machine": _processor(),
    }
    said = [f"{'≥' if reached >= 1 else '<'} {goal}" for goal, reached in goals.items()]
    print("\n" + " · ".join([*said, *(f"{key} {value}" for key, value in facts.items())]))
    if options.json is not None:
        options.json.write_text(
            json.dumps(facts | {"recordings": kept, "two_cores": two}, indent=1) + "\n", encoding="utf-8"
        )
    return 0 if min(goals.values()) >= 1 else 1


def _on_two_cores(cache: Path, repeats: int) -> dict[str, float] | None:
    """`large` in a process of its own on the first two cores; None where there are not two."""
    cores = sorted(ALL_CORES)[:2]
    if len(cores) < 2:
        return None
    command = [sys.executable, __file__, SECOND_PASS, "--cache", str(cache), "--repeats", str(repeats)]
    free = os.environ | {CORES: ",".join(map(str, cores))}
    found = subprocess.run(command, env=free, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(found.stdout.splitlines()[-1]))


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def _hold() -> None:
    """Start again held to one core, or to those named: threads begun while importing would stay on the others."""
    if not hasattr(os, "sched_setaffinity"):
        return
    if SECOND_PASS in sys.argv:
        os.sched_setaffinity(0, ALL_CORES)
    elif len(os.sched_getaffinity(0)) > 1:
        os.environ[CORES] = ",".join(map(str, sorted(ALL_CORES)))
        os.sched_setaffinity(0, {max(ALL_CORES)})
        os.execv(sys.executable, [sys.executable, *sys.argv])


if __name__ == "__main__":
    _hold()
    sys.exit(main())
