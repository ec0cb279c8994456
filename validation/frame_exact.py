"""Whether the frame that is asked for is the frame that is shown: ``python -m validation.frame_exact [--asked N]``.

Films carry their frames' numbers in the picture. Each is put into a casebook, its page is opened in Chromium, frames
are asked for in an order drawn by lot, and the number is read from what the page shows.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facialis.film.encode import Codec
from tests.app.house import move_in, set_up

__all__ = ["main"]

_SECONDS = {24: 10, 30: 10, 60: 5, 240: 2}  # long enough that no frame lies near another that was asked for just before


def _times(rate_hz: int) -> NDArray[np.float64]:
    return np.arange(rate_hz * _SECONDS[rate_hz]) / rate_hz


def _uneven(seed: int) -> NDArray[np.float64]:
    """A phone in changing light: 12 to 50 ms from frame to frame."""
    return np.concatenate([[0.0], np.cumsum(np.random.default_rng(seed).uniform(0.012, 0.05, 299))])


def _films() -> dict[str, tuple[str, NDArray[np.float64], Codec, int]]:
    """By name: suffix, times in s, codec, rotation in degrees."""
    return {
        "24 per second": (".mp4", _times(24), "libx264", 0),
        "30 per second": (".mp4", _times(30), "libx264", 0),
        "60 per second": (".mp4", _times(60), "libx264", 0),
        "240 per second": (".mp4", _times(240), "libx264", 0),
        "variable rate": (".mp4", _uneven(1), "libx264", 0),
        "variable rate, VP9": (".webm", _uneven(2), "libvpx-vp9", 0),
        "turned by 90°": (".mp4", _uneven(3), "libx264", 90),
        "turned by 270°, 60 per second": (".mp4", _times(60), "libx264", 270),
        "AVI": (".avi", _times(30), "mpeg4", 0),
    }


def main() -> None:
    """Print a table: shown of asked, whether the film or its copy was played, and how long a frame takes."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--asked", type=int, default=500, help="frames asked for of each film")
    number = asked.parse_args().asked
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # rows are read while the browser's driver runs
    set_up()
    from facialis.app.recordings.models import Recording
    from facialis.app.watching.models import Viewing
    from facialis.app.watching.preparing import prepare_one
    from tests.app.films import ASK, barred, person_of, recorded, watched

    rng = np.random.default_rng(0)
    with tempfile.TemporaryDirectory() as root:
        place = move_in(Path(root) / "casebook")
        person = person_of("anna")
        made: dict[str, tuple[Recording, int]] = {}
        for name, (suffix, times_s, codec, turned) in _films().items():
            rate_hz = 1 / float(np.median(np.diff(times_s)))
            path = barred(
                Path(root) / f"{len(made)}{suffix}", times_s, codec=codec, rotation_deg=turned, rate_hz=rate_hz
            )
            made[name] = (recorded(person, path), len(times_s))
        while prepare_one(lambda: False):
            pass
        print("| film | plays | shown frame = asked frame | said to be shown | ms for a frame (median, p95) |")
        print("|---|---|---|---|---|")
        with watched(place, "anna") as (page, _):
            for name, (recording, frames) in made.items():
                page.goto(f"/recordings/{recording.pk}/")
                page.wait_for_selector("#bar:not([hidden])")
                right = said = 0
                took_ms = []
                for frame in rng.integers(0, frames, number).tolist():
                    began_s = time.monotonic()
                    good, shown = page.evaluate(ASK, frame)
                    took_ms.append(1000 * (time.monotonic() - began_s))
                    right, said = right + (shown == frame), said + good
                state = Viewing.objects.get(recording=recording).state
                middle, late = np.percentile(took_ms, [50, 95])
                print(f"| {name} | {state} | {right} of {number} | {said} | {middle:.0f}, {late:.0f} |", flush=True)


if __name__ == "__main__":
    main()
