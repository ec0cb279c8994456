"""Whether the face is or seems weak: weakness takes twitches away and so looks like getting better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, SessionRow
from facialis.follow.treated.sideeffects import find_grades

__all__ = ["seems_weak"]


def seems_weak(casefile: Casefile, used: Sequence[SessionRow]) -> bool:
    """From what the person says, the last House-Brackmann-style entry, or what the sessions measured.

    Measured: the eye of the side shuts less than earlier or hardly, or its opening at rest has changed against the
    other. Sessions outside the natural course are not asked: after toxin weakness is to be expected.
    """
    rule = load("course.yaml")["weakness"]
    if casefile.person.text("face_weakness") in ("slight", "marked"):
        return True
    grades = find_grades(casefile)
    if grades and grades[-1].grade > rule["grade_above"]:
        return True
    closure = [row.closure_share for row in used if row.closure_share is not None]
    if len(closure) >= 2:
        first, last = _halves(closure)
        if last <= first - rule["closure_fall"] or last < rule["closure_low"]:
            return True
    asymmetry = [row.resting_asymmetry for row in used if row.resting_asymmetry is not None]
    if len(asymmetry) >= 2:
        first, last = _halves(asymmetry)
        return bool(abs(last - first) >= rule["asymmetry_change"])
    return False


def _halves(values: Sequence[float]) -> tuple[float, float]:
    """Medians of the first and the last third (one value at least)."""
    third = max(len(values) // 3, 1)
    return float(np.median(values[:third])), float(np.median(values[-third:]))
