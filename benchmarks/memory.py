"""Peak memory of ``facialis analyse``, all its processes together, for 10 s and for 10 min of 640×360.

``python benchmarks/memory.py``: the longer file is the shorter one over and over. Memory should hardly grow,
since pictures are dropped as soon as they are measured, and be at most 600 MB. Resident memory of all processes is
added up every 50 ms; pages that processes share are counted in each ("rss") and once ("pss"). Linux only.
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
from facialis.measure.acts import Blink, HeadMotion
from facialis.measure.contractions import Train
from facialis.measure.phantom import PhantomSpec, write_phantom
from facialis.measure.specification import Camera

LENGTHS_S = (10.0, 600.0)
GOAL_MB = 600.0
GROWS_MB = 100.0  # what is kept of each frame (a few hundred numbers) may add up to this; pictures may not
_CODE = "from pathlib import Path; import sys; from facialis.measure.session import measure_recording; "
_MEASURE = _CODE + "measure_recording(Path(sys.argv[1]))"


def clip(cache: Path) -> Path:
    """Ten seconds of a face that sways, blinks and twitches."""
    acts = (
        HeadMotion(onset_s=0, duration_s=LENGTHS_S[0], motion="walk", yaw_deg=1, pitch_deg=1, roll_deg=0.5),
        Blink(onset_s=1.0),
        Blink(onset_s=5.0),
        Blink(onset_s=8.0),
        Train(onset_s=2.0, duration_s=0.15, side="left", pulses=4, spacing_s=0.4, amplitude_iod=(0.01, 0.05)),
    )
    spec = PhantomSpec(duration_s=LENGTHS_S[0], acts=acts, camera=Camera(width_px=640, height_px=360, iod_share=0.25))
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
    parser.add_argument("--only", choices=("measure", "analyse"), help="the measurement, or the command and its report")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    short = clip(options.cache)
    files = {LENGTHS_S[0]: short, LENGTHS_S[1]: repeated(short, round(LENGTHS_S[1] / LENGTHS_S[0]))}
    rows: dict[tuple[str, float], tuple[float, float, float]] = {}
    for what in ("measure", "analyse"):
        if options.only not in (None, what):
            continue
        for length, path in files.items():
            print(f"{what} {length:g} s", file=sys.stderr)
            with tempfile.TemporaryDirectory() as folder:
                command = [sys.executable, "-c", _MEASURE, str(path)]
                if what == "analyse":
                    command = [sys.executable, "-m", "facialis", "analyse", str(path), "--out", folder]
                rows[what, length] = peak(command)
    print(f"{'':10}{'length s':>10}{'rss MB':>10}{'pss MB':>10}{'took s':>10}")
    for (what, length), (rss, pss, took) in rows.items():
        print(f"{what:10}{length:10g}{rss:10.0f}{pss:10.0f}{took:10.0f}")
    steady = all(rows[w, LENGTHS_S[1]][0] - rows[w, LENGTHS_S[0]][0] <= GROWS_MB for w in {w for w, _ in rows})
    small = all(rss <= GOAL_MB for rss, _, _ in rows.values())
    facts = {
        "date": datetime.now(UTC).date().isoformat(),
        "facialis": facialis.__version__,
        "python": platform.python_version(),
    }
    print(
        f"\ngrows by {'≤' if steady else '>'} {GROWS_MB:.0f} MB, {'≤' if small else '>'} {GOAL_MB:.0f} MB in all · "
        + " · ".join(f"{k} {v}" for k, v in facts.items())
    )
    if options.json is not None:
        table = [
            {"what": what, "length_s": length, "rss_mb": rss, "pss_mb": pss, "took_s": took}
            for (what, length), (rss, pss, took) in rows.items()
        ]
        options.json.write_text(json.dumps(facts | {"rows": table}, indent=1) + "\n", encoding="utf-8")
    return 0 if steady and small else 1


if __name__ == "__main__":
    sys.exit(main())
