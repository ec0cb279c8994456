"""Peak memory and time of a measurement, all its processes together, by the length of a recording of 1280×720.

``python benchmarks/memory.py``: longer files are ten seconds over and over. ``--minutes`` says how long: 1, 5, 20 and
60 by default, which takes the better part of an hour. Memory should hardly grow, since pictures are dropped as soon as
they are measured, and be at most 600 MB; time should grow as the length does. Resident memory of all processes is added
up every 50 ms; pages that processes share are counted in each ("rss") and once ("pss"). Linux only.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import av

import facialis
from facialis.phantom.acts import Blink, HeadMotion
from facialis.phantom.contractions import Train
from facialis.phantom.recording import PhantomSpec, write_phantom
from facialis.phantom.specification import Camera

CLIP_S = 10.0
MINUTES = (1.0, 5.0, 20.0, 60.0)
GOAL_MB = 600.0
GROWS_MB_PER_MIN = 10.0  # what is kept of each frame (a few hundred numbers) may add up to this; pictures may not
GROWS_BY = 1.3  # time for a minute of recording, the longest over the shortest
_CODE = "from pathlib import Path; import sys; from facialis.measure.session import measure_recording; "
_MEASURE = _CODE + "measure_recording(Path(sys.argv[1]))"


def clip(cache: Path) -> Path:
    """Ten seconds of a face that sways, blinks and twitches."""
    acts = (
        HeadMotion(onset_s=0, duration_s=CLIP_S, motion="walk", yaw_deg=1, pitch_deg=1, roll_deg=0.5),
        Blink(onset_s=1.0),
        Blink(onset_s=5.0),
        Blink(onset_s=8.0),
        Train(onset_s=2.0, duration_s=0.15, side="left", pulses=4, spacing_s=0.4, amplitude_iod=(0.01, 0.05)),
    )
    spec = PhantomSpec(duration_s=CLIP_S, acts=acts, camera=Camera(width_px=1280, height_px=720, iod_share=0.2))
    path = cache / f"memory.{spec.fingerprint()[:8]}.mp4"
    if not path.exists():
        write_phantom(spec, path)
    return path


def repeated(path: Path, times: int) -> Path:
    """The same packets over and over, in one file."""
    longer = path.with_suffix(f".{times}.mp4")
    if longer.exists():
        return longer
    part = longer.with_suffix(".part.mp4")
    with av.open(str(path)) as source, av.open(str(part), "w") as sink:
        track = source.streams.video[0]
        out = sink.add_stream_from_template(track)
        packets = [p for p in source.demux(track) if p.pts is not None and p.dts is not None]
        step = max(p.pts + (p.duration or 0) for p in packets if p.pts is not None)
        kept = [(p.pts, p.dts) for p in packets]
        tick = track.time_base
        assert tick is not None
        for turn in range(times):
            for packet, (pts, dts) in zip(packets, kept, strict=True):
                assert pts is not None
                assert dts is not None
                packet.stream = out
                packet.time_base = tick
                packet.pts, packet.dts = pts + turn * step, dts + turn * step
                sink.mux(packet)
    part.rename(longer)
    return longer


def peak(command: list[str]) -> tuple[float, float, float]:
    """Peak RSS and PSS in MB of a command and all that it starts, and its time in seconds; RuntimeError if it fails."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    most = [0.0, 0.0]
    while process.poll() is None:
        now = [0.0, 0.0]
        for pid in _family(process.pid):
            rss, pss = _resident_mb(pid)
            now = [now[0] + rss, now[1] + pss]
        most = [max(a, b) for a, b in zip(most, now, strict=True)]
        time.sleep(0.05)
    if process.returncode:
        assert process.stderr is not None
        raise RuntimeError(process.stderr.read().decode()[-500:])
    return most[0], most[1], time.monotonic() - began


def _family(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        one = todo.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            continue  # it has ended meanwhile
    return found


def _resident_mb(pid: int) -> tuple[float, float]:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0, 0.0
    values = {line.split(":")[0]: float(line.split()[1]) / 1024 for line in lines if line.endswith("kB")}
    return values.get("Rss", 0.0), values.get("Pss", 0.0)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "facialis-validation")
    parser.add_argument(
        "--only",
        choices=("measure", "analyse"),
        default="measure",
        help="the measurement, or the command and its report (%(default)s)",
    )
    parser.add_argument("--minutes", type=float, nargs="+", default=MINUTES, help="lengths of recordings (%(default)s)")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    short = clip(options.cache)
    what, rows = options.only, {}
    for minutes in sorted(options.minutes):
        path = repeated(short, max(1, round(60 * minutes / CLIP_S)))
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-c", _MEASURE, str(path)]
            if what == "analyse":
                command = [sys.executable, "-m", "facialis", "analyse", str(path), "--out", folder]
            rows[minutes] = peak(command)
        path.unlink()
        print(
            f"{what} {minutes:g} min: {rows[minutes][0]:.0f} MB, {rows[minutes][2]:.0f} s", file=sys.stderr, flush=True
        )
    print(f"{'':10}{'minutes':>10}{'rss MB':>10}{'pss MB':>10}{'took s':>10}{'s a minute':>12}")
    for minutes, (rss, pss, took) in rows.items():
        print(f"{what:10}{minutes:10g}{rss:10.0f}{pss:10.0f}{took:10.0f}{took / minutes:12.1f}")
    first, last = min(rows), max(rows)
    grown = (rows[last][1] - rows[first][1]) / max(last - first, 1e-9) if last > first else 0.0
    slower = rows[last][2] / last / (rows[first][2] / first)
    steady, linear = grown <= GROWS_MB_PER_MIN, slower <= GROWS_BY
    small = all(rss <= GOAL_MB for rss, _, _ in rows.values())
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "facialis": facialis.__version__,
        "python": platform.python_version(),
    }
    print(
        f"\ngrows by {grown:.1f} MB a minute ({'≤' if steady else '>'} {GROWS_MB_PER_MIN:g}), {'≤' if small else '>'} "
        f"{GOAL_MB:.0f} MB in all, a minute of the longest takes {slower:.2f} times one of the shortest "
        f"({'≤' if linear else '>'} {GROWS_BY:g}) · " + " · ".join(f"{k} {v}" for k, v in facts.items())
    )
    if options.json is not None:
        table = [
            {"what": what, "minutes": minutes, "rss_mb": rss, "pss_mb": pss, "took_s": took}
            for minutes, (rss, pss, took) in rows.items()
        ]
        options.json.write_text(json.dumps(facts | {"rows": table}, indent=1) + "\n", encoding="utf-8")
    return 0 if steady and small and linear else 1


if __name__ == "__main__":
    sys.exit(main())
