"""The numbers of a small recording that was made, and whether they are still those that were stored.

``python -m tests.measure.golden`` stores them anew, once `MEASUREMENT_REVISION` was raised for them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from facialis.core.records import SIDES, Block
from facialis.core.revision import MEASUREMENT_REVISION
from facialis.core.settings import EventSettings
from facialis.measure.events.decision import detect
from facialis.measure.face.mesh import SyntheticMesh
from facialis.measure.face.motion import track_motion
from facialis.measure.limits import detection_limits
from facialis.measure.measures import measures_of
from facialis.measure.regions import regions
from tests.measure.face.test_motion import pulled, shot, still
from tests.measure.factory import EYE, Face

PLACE = Path(__file__).with_name("golden.json")

CLOSE = 1e-6
"""Another machine may sum in another order; what is larger than this share is another number."""
CLOSE_IOD = 2e-5
"""Matching pictures ends within this of where it ends on another machine: a thousandth of a pixel."""

_DIGITS = 10


def numbers() -> dict[str, Any]:
    """What is measured in a recording with every kind of event, and in pictures of skin that moves."""
    return {"signals": _signals(), "pictures_iod": _pictures()}


def _signals() -> dict[str, Any]:
    face = Face(24.0, seed=7).blink(1.5).smile(17.5, 1.5).hold(12.0, 2.0, "left").ripple(20.0, 2.0, "right")
    face.twitch(4.0, "left", 0.04).twitch(6.5, "left", 0.02, shares=EYE).twitch(9.0, "right", 0.03).lose(10.0, 10.8)
    motion = face.motion()
    found = detect(motion, EventSettings(), "golden")
    blocks = (Block(name="task", start_s=2.0, stop_s=16.0),)
    return {
        "events": [asdict(event) for event in found.events],
        "measures": [asdict(row) for row in measures_of(motion, found.events, blocks)],
        "limits": [asdict(row) for row in detection_limits(found)],
        "bounds": [found.threshold, found.least],
    }


def _pictures() -> dict[str, Any]:
    """How far each region is seen to move, and its error, where the corner of the mouth is pulled on one side."""

    def picture(k: int) -> Any:
        pull = 3.0 * math.sin(math.pi * (k - 12) / 8) ** 2 if 12 <= k < 20 else 0.0
        return shot(k / 30, pulled("mouth_corner", "left", pull, -0.6 * pull))

    motion = track_motion((picture(k) for k in range(24)), SyntheticMesh(still)).motion
    reach = np.nanmax(np.abs(motion.displacement_iod), axis=0)
    error = np.nanmedian(motion.error_iod, axis=0)
    return {
        f"{side} {region.name}": [*reach[s, r].tolist(), float(error[s, r])]
        for s, side in enumerate(SIDES)
        for r, region in enumerate(regions())
    }


def differences(stored: object, now: object) -> list[str]:
    """Places at which two sets of numbers differ by more than another machine would make them."""
    before, after = dict(_leaves(stored)), dict(_leaves(now))
    found = [f"{place}: {'gone' if place in before else 'new'}" for place in sorted(set(before) ^ set(after))]
    for place in sorted(set(before) & set(after)):
        a, b = before[place], after[place]
        within = CLOSE_IOD if place.startswith("/pictures_iod") else 1e-12
        if isinstance(a, float) and isinstance(b, float):
            if not math.isclose(a, b, rel_tol=CLOSE, abs_tol=within) and not (math.isnan(a) and math.isnan(b)):
                found.append(f"{place}: {a!r} → {b!r}")
        elif a != b:
            found.append(f"{place}: {a!r} → {b!r}")
    return found


def _leaves(node: object, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _leaves(value, f"{place}/{key}")
    elif isinstance(node, (list, tuple)):
        yield f"{place}/length", len(node)
        for k, value in enumerate(node):
            yield from _leaves(value, f"{place}/{k}")
    else:
        yield place, float(node) if isinstance(node, (int, float)) and not isinstance(node, bool) else node


def stored() -> dict[str, Any]:
    """The revision and the numbers that were stored for it."""
    content = json.loads(PLACE.read_text(encoding="utf-8"))
    return dict(content)


def _short(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _short(value) for key, value in node.items()}
    if isinstance(node, (list, tuple)):
        return [_short(value) for value in node]
    return float(f"{node:.{_DIGITS}g}") if isinstance(node, float) else node


def main() -> None:
    """Store the numbers of now for the revision of now; refuses other numbers for a revision that has some."""
    now = numbers()
    if PLACE.exists():
        before = stored()
        changed = differences(before["numbers"], now)
        if changed and before["revision"] == MEASUREMENT_REVISION:
            raise SystemExit(
                "\n".join([*changed, "These changed: raise MEASUREMENT_REVISION in core/revision.py first."])
            )
    content = {"revision": MEASUREMENT_REVISION, "numbers": _short(now)}
    PLACE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
