"""Two thousand damaged videos: what became of each, as a table.

Run from the root of the repository: ``python -m validation.malformed_media [COUNT] [FIRST]``. Mutant number n is made
from file n modulo the number of files and from seed n, so a single one can be looked at again by its number. What was
decoded is held against the pictures of the undamaged file. The exit code is 1 if a mutant lost a picture without a
word, took more than 30 s, gave an error that is not documented, or left a process behind.

Columns: ``whole``, all pictures came as they are in the undamaged file; ``said``, it is called incomplete or damaged,
or has a gap; ``refused``, one of the documented errors; ``altered``, as many pictures came, but some are not those of
the undamaged file, and nothing was said (VP8, VP9 and HEVC turn any bits into a picture); ``LOST``, fewer pictures
came, and nothing was said; ``FAULT``, anything else.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import VideoFile
from tests.film import media
from tests.film.mutants import mutant_of

FILES = (
    "h264.mp4",
    "fragmented.mp4",
    "av1.mp4",
    "hevc_10_bit.mov",
    "mjpeg.mov",
    "mpeg4.m4v",
    "vp9.webm",
    "vp8.webm",
    "live.webm",
    "av1.webm",
    "h264.mkv",
    "hevc.mkv",
    "colour.mkv",
    "mpeg4.avi",
    "b_frames.avi",
    "mjpeg.avi",
    "mpeg1.mpg",
    "mpeg2.mpg",
    "flash.flv",
    "h264.flv",
    "animation.gif",
)
CODES = {"unreadable", "too_short", "rate_too_low", "too_large", "empty", "decoder_failed"}
OUTCOMES = ("whole", "said", "refused", "altered", "LOST", "FAULT")
SLOW_S = 30.0  # the figure to hold: no hang over 30 s
PICTURES = 45
WIDTH, HEIGHT = 96, 64
SAME = 1.0  # mean difference of two pictures of 255 that are one: decoding is exact, a mirrored pixel more is damage

Pictures = NDArray[np.float32]


def pictures() -> list[NDArray[np.uint8]]:
    """A drifting texture that grows brighter: no picture is like another, and each costs the codec some bytes."""
    dice = np.random.default_rng(1)
    grain = dice.normal(0, 12, (HEIGHT // 4, WIDTH // 4)).repeat(4, 0).repeat(4, 1)
    return [np.clip(media.level(i) + 20 + np.roll(grain, i, 1), 0, 255).astype(np.uint8) for i in range(PICTURES)]


def decoded(path: Path) -> tuple[Pictures, bool]:
    """The pictures of a file, and whether anything is said of damage."""
    with VideoFile(path, DecodeLimits(idle_s=20)) as video:
        luma = [frame.luma for frame in video.frames()]
        facts = video.recording
    shapes = {plane.shape for plane in luma}
    stack = np.stack(luma).astype(np.float32) if len(shapes) == 1 else np.empty((0, 0, 0), np.float32)
    return stack, bool(facts.truncated or facts.damaged or facts.gaps or facts.holds_another)


def outcome_of(path: Path, whole: Pictures) -> str:
    """What became of one file, by its pictures and those of the undamaged one."""
    try:
        seen, said = decoded(path)
    except VideoError as error:
        return "refused" if error.code in CODES and error.advice else "FAULT"
    except Exception as error:  # noqa: BLE001 - any other error is what is looked for
        print(f"  {path.name}: {error!r}", file=sys.stderr)
        return "FAULT"
    if said:
        return "said"
    if len(seen) < len(whole):
        return "LOST"
    if seen.shape[1:] != whole.shape[1:]:
        return "altered"
    apart = [min(float(np.abs(one - other).mean()) for other in seen) for one in whole]
    return "altered" if max(apart) > SAME else "whole"


def packets_of(path: Path) -> list[tuple[int, int]]:
    """Where in the file the packets of its pictures lie: position and size; empty where that is not known."""
    with av.open(str(path)) as file:
        return [(p.pos, p.size) for p in file.demux(file.streams.video[0]) if p.size and p.pos is not None]


def children() -> int:
    return sum(len((task / "children").read_text().split()) for task in Path("/proc/self/task").iterdir())


def main(count: int, first: int) -> int:
    table: dict[str, Counter[str]] = {name: Counter() for name in FILES}
    ways: dict[str, Counter[str]] = {}
    slowest_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        paths = {name: media.make_kind(Path(folder), name, pictures=pictures()) for name in FILES}
        contents = {name: (path.read_bytes(), packets_of(path), decoded(path)[0]) for name, path in paths.items()}
        before = children()
        for number in range(first, first + count):
            name = FILES[number % len(FILES)]
            data, packets, whole = contents[name]
            path = Path(folder) / f"{number}_{name}"
            way, damaged = mutant_of(data, number, packets)
            path.write_bytes(damaged)
            began_s = time.monotonic()
            result = outcome_of(path, whole)
            took_s = time.monotonic() - began_s
            slowest_s = max(slowest_s, took_s)
            if took_s > SLOW_S:
                result = "FAULT"
            if result in ("FAULT", "LOST"):
                print(f"  mutant {number} ({name}, {way}): {result} after {took_s:.1f} s", file=sys.stderr)
            table[name][result] += 1
            ways.setdefault(way, Counter())[result] += 1
            path.unlink()
        left = children() - before
    show("file", table)
    print()
    show("damage", ways)
    print(f"{count} mutants, slowest {slowest_s:.1f} s, processes left behind: {left}")
    total = sum(table.values(), Counter[str]())
    return 1 if total["FAULT"] or total["LOST"] or left else 0


def show(head: str, table: dict[str, Counter[str]]) -> None:
    print(head.ljust(18) + "".join(o.rjust(10) for o in OUTCOMES))
    for name, counts in (*table.items(), ("all", sum(table.values(), Counter[str]()))):
        print(name.ljust(18) + "".join(str(counts[o]).rjust(10) for o in OUTCOMES))


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(numbers[0] if numbers else 2000, numbers[1] if len(numbers) > 1 else 0))
