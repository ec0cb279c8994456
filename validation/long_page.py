"""How the page of an hour behaves: ``python -m validation.long_page``.

An hour of 30 frames per second with 20 curves, of made-up signals: when something is first seen, when the curves are
there and what that cost the casebook, how many frames per second are drawn while the view is moved at four widths, how
much of a frame that takes, and how much memory the page takes.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from facialis.report.session.folder import write_session_folder
from tests.app.house import move_in, set_up
from tests.report import factory

__all__ = ["main"]

_HOUR_S = 3600.0
_CURVES = 20
_MOVED_S = 3.0
_PATIENCE_MS = 120_000  # beside other work
_WIDTHS_S = (10.0, 60.0, 600.0, 3000.0)

_PAN = """async seconds => {
  const place = document.querySelector("#plots");
  const box = place.getBoundingClientRect();
  const drawn = [];
  let busy = 0;
  const began = performance.now();
  while (performance.now() - began < 1000 * seconds) {
    const turned = {deltaX: 14, clientX: box.left + 300, cancelable: true, bubbles: true};
    place.dispatchEvent(new WheelEvent("wheel", turned)); // asks for a drawing in the next frame, before the next line
    const asked = await new Promise(resolve => requestAnimationFrame(resolve));
    busy += performance.now() - asked;
    drawn.push(performance.now());
  }
  const apart = drawn.slice(1).map((now, i) => now - drawn[i]).sort((one, other) => one - other);
  const rate = 1000 * (drawn.length - 1) / (drawn.at(-1) - drawn[0]);
  return [rate, apart[Math.floor(0.95 * apart.length)], busy / drawn.length];
}"""


def main() -> None:
    """Print the figures."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # rows are read while the browser's driver runs
    set_up()
    from facialis.app.recordings.models import Recording
    from facialis.app.recordings.store import keep_result
    from facialis.app.watching.curves import keep_numbers
    from facialis.app.watching.models import Viewing
    from tests.app.films import person_of, watched

    with tempfile.TemporaryDirectory() as root:
        place = move_in(Path(root) / "casebook")
        person = person_of("anna")
        made = factory.make(
            duration_s=_HOUR_S,
            twitches=tuple((5.0 + 9.0 * k, "left", 0.02) for k in range(390)),
            gaps=((1000.0, 1010.0),),
        )
        whole = replace(made.session, signals=made.motion, face=made.track)
        recording = Recording.objects.create(
            owner=person.owner, person=person, day=date(2026, 5, 1), name="hour", measured=True
        )
        keep_result(recording, write_session_folder(whole, None, Path(root) / "result", faces=False))
        keep_numbers(recording, whole)  # as the worker does
        Viewing.objects.create(owner=person.owner, recording=recording, state="film", misses=[])
        with watched(place, "anna") as (page, _):
            page.set_default_timeout(_PATIENCE_MS)
            _look(page, f"/recordings/{recording.pk}/")


def _spent_s() -> float:
    """Processor time that the casebook has taken until now, its worker's among it; 0 where the system does not say."""
    ticks, waiting = 0, [os.getpid()]
    while waiting:
        parent = waiting.pop()
        for place in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = place.read_text().rpartition(") ")[2].split()
                if int(fields[1]) == parent:
                    pid = int(place.parent.name)
                    line = (place.parent / "cmdline").read_bytes()
                    if parent != os.getpid() or b"serve" in line:
                        ticks += int(fields[11]) + int(fields[12])
                        waiting.append(pid)
    return ticks / os.sysconf("SC_CLK_TCK")


def _look(page: Any, address: str) -> None:
    for visit in ("first visit", "second visit"):
        began_s, spent_s = time.monotonic(), _spent_s()
        page.goto(address, wait_until="commit")
        page.wait_for_selector(".uplot")
        curves_s = time.monotonic() - began_s
        paint_ms = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        spent_s = _spent_s() - spent_s
        print(
            f"{visit}: first paint {paint_ms:.0f} ms, curves after {curves_s:.1f} s; the casebook took {spent_s:.2f} s",
            flush=True,
        )
    while page.locator(".lane").count() < _CURVES // 2:
        page.locator("#more-curves").select_option(index=1)
    page.wait_for_timeout(500)
    for width_s in _WIDTHS_S:
        page.evaluate("document.querySelector('[data-command=whole]').click()")
        page.wait_for_timeout(1000)
        for _ in range(20):
            if _shown_s(page) <= width_s:
                break
            page.evaluate("document.querySelector('[data-command=closer]').click()")
            page.wait_for_timeout(400)
        rate_hz, late_ms, busy_ms = page.evaluate(_PAN, _MOVED_S)
        print(
            f"{_CURVES} curves, {_shown_s(page):.0f} s in view: {rate_hz:.0f} frames/s, p95 {late_ms:.0f} ms, "
            f"drawing {busy_ms:.1f} ms",
            flush=True,
        )
    client = page.context.new_cdp_session(page)
    client.send("HeapProfiler.collectGarbage")
    heap = client.send("Runtime.getHeapUsage")
    used = (heap["usedSize"] + heap.get("backingStorageSize", 0) + heap.get("embedderHeapUsedSize", 0)) / 1e6
    print(f"memory of the page: {used:.0f} MB (script, its arrays, and the document)")


def _shown_s(page: Any) -> float:
    return float(page.evaluate("Number(document.querySelector('#plots').dataset.seconds)"))


if __name__ == "__main__":
    main()
