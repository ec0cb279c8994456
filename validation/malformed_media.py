"""Two thousand damaged videos: what became of each, as a table.

Run from the root of the repository: ``python -m validation.malformed_media [COUNT] [FIRST]``. Mutant number n is made
from file n modulo the number of files and from seed n, so a single one can be looked at again by its number. The exit
code is 1 if a mutant took more than 30 s, gave an error that is not documented, or left a process behind.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from facialis.core.errors import VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import VideoFile
from tests.film import media
from tests.film.mutants import mutant_of

FILES = (
    "h264.mp4",
    "fragmented.mp4",
    "hevc_10_bit.mov",
    "mpeg4.m4v",
    "vp9.webm",
    "vp8.webm",
    "live.webm",
    "h264.mkv",
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
OUTCOMES = (
    "whole",
    "flagged",
    "unreadable",
    "too_short",
    "rate_too_low",
    "too_large",
    "empty",
    "decoder_failed",
    "FAULT",
)
SLOW_S = 30.0  # the figure to hold: no hang over 30 s


def outcome_of(path: Path) -> str:
    """What became of one file: read and thought whole, read and flagged, a refusal's code, or a fault."""
    try:
        with VideoFile(path, DecodeLimits(idle_s=20)) as video:
            for _ in video.frames():
                pass
            return "flagged" if video.recording.truncated else "whole"
    except VideoError as error:
        return error.code if error.code in OUTCOMES and error.advice else "FAULT"
    except Exception as error:  # noqa: BLE001 - any other error is what is looked for
        print(f"  {path.name}: {error!r}", file=sys.stderr)
        return "FAULT"


def children() -> int:
    return sum(len((task / "children").read_text().split()) for task in Path("/proc/self/task").iterdir())


def main(count: int, first: int) -> int:
    table: dict[str, Counter[str]] = {name: Counter() for name in FILES}
    slowest_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        whole = {name: media.make_kind(Path(folder), name).read_bytes() for name in FILES}
        before = children()
        for number in range(first, first + count):
            name = FILES[number % len(FILES)]
            path = Path(folder) / f"{number}_{name}"
            path.write_bytes(mutant_of(whole[name], number)[1])
            began_s = time.monotonic()
            result = outcome_of(path)
            took_s = time.monotonic() - began_s
            slowest_s = max(slowest_s, took_s)
            if took_s > SLOW_S:
                result = "FAULT"
            if result in ("FAULT", "decoder_failed"):
                print(f"  mutant {number} ({name}): {result} after {took_s:.1f} s", file=sys.stderr)
            table[name][result] += 1
            path.unlink()
        left = children() - before
    print("file".ljust(18) + "".join(o.rjust(16) for o in OUTCOMES))
    for name, counts in table.items():
        print(name.ljust(18) + "".join(str(counts[o]).rjust(16) for o in OUTCOMES))
    total: Counter[str] = sum(table.values(), Counter())
    print("all".ljust(18) + "".join(str(total[o]).rjust(16) for o in OUTCOMES))
    print(f"{count} mutants, slowest {slowest_s:.1f} s, processes left behind: {left}")
    return 1 if total["FAULT"] or left else 0


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[1:]]
    sys.exit(main(numbers[0] if numbers else 2000, numbers[1] if len(numbers) > 1 else 0))
