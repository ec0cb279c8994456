"""Numbers of a column that do not fit it: codes for "missing", and a unit that jumps."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np

__all__ = ["is_code", "jumped", "odd_codes"]

_REPEATED = (7, 8, 9)  # 77, 88, 99 and longer: the usual codes of questionnaires for "missing", "refused", "unknown"
_FAR = 3.0  # chosen: a code that stands twice lies this many times above all else; 2 - 5
_FAR_ONCE = 5.0  # chosen: and one that stands once; 3 - 10
_FAR_OF_FEW = 20.0  # chosen: where fewer than `_FEW` other numbers are there to compare with; 10 - 50
_FEW = 3
_STEPS = (60.0, 1000.0)  # seconds for minutes or minutes for hours; metres for kilometres, grams for kilograms
_STEP_OFF = 1.5  # chosen: the medians of both groups may be this much off the step; 1.3 - 2
_SPREAD = 4.0  # chosen: largest for smallest within a group, less than the gap between them; 2 - 6
_FEWEST = 6  # chosen: numbers of the column, of which the larger group has two thirds or more; 5 - 10


def is_code(value: float) -> bool:
    """Whether a number is written as codes for "missing" are: -9, 99, -999, 8888 and the like."""
    if not math.isfinite(value) or value != int(value):
        return False
    return value in (-7.0, -8.0, -9.0) or _repeats(value)


def _repeats(value: float) -> bool:
    return re.fullmatch(r"(77|88|99)|([789])\2{2,4}", f"{abs(value):.0f}") is not None


def odd_codes(values: Sequence[float]) -> frozenset[float]:
    """Codes among the numbers of a column that knows no bounds: far below or above all that is measured.

    Notes
    -----
    -99 is one where nothing else is negative; 99 and 999 only where they lie far above the largest other number, so
    that 99 steps of 87 to 120, or a pulse of 88, are what they are. Which are codes is never certain: they are named.
    """
    known = [value for value in values if math.isfinite(value)]
    doubtful = {value for value in known if value == int(value) and _repeats(value)}
    rest = [value for value in known if value not in doubtful]
    negative = {value for value in doubtful if value < 0}
    codes = negative if not any(value < 0 for value in rest) else set()
    for code in sorted(doubtful - negative):
        others = [*rest, *(value for value in known if value in doubtful and value < code and value not in codes)]
        if not others:
            continue
        far = _FAR_OF_FEW if len(others) < _FEW else _FAR if known.count(code) > 1 or codes else _FAR_ONCE
        if code > far * max(max(others), 1.0):
            codes.add(code)
    return frozenset(codes)


def jumped(values: Mapping[int, float], counts: Mapping[int, float] | None = None) -> frozenset[int]:
    """Lines whose numbers lie about 60 or 1000 times above or below those of most, with nothing between them.

    Parameters
    ----------
    values
        The numbers of a column, by line.
    counts
        What was counted in that time, where there is such a column: in a recording that is really sixty times as long
        there is more of it, in one whose length is in seconds there is not.

    Notes
    -----
    Both groups must be close together in themselves, as one person's sleep or one person's recordings are; empty
    otherwise. It cannot tell which unit was meant, only that one column has two.
    """
    lines = [line for line, value in values.items() if value > 0 and math.isfinite(value)]
    if len(lines) < _FEWEST:
        return frozenset()
    order = sorted(lines, key=lambda line: values[line])
    logs = np.log([values[line] for line in order])
    cut = int(np.argmax(np.diff(logs))) + 1
    low, high = logs[:cut], logs[cut:]
    gap, step = float(high[0] - low[-1]), float(np.median(high) - np.median(low))
    spread = max(float(np.ptp(low)), float(np.ptp(high)))
    if spread > math.log(_SPREAD) or spread >= gap:
        return frozenset()
    if not any(abs(step - math.log(size)) < math.log(_STEP_OFF) for size in _STEPS):
        return frozenset()
    if counts is not None:
        per_count = logs - np.log([counts.get(line, 0.0) + 0.5 for line in order])
        if float(np.median(per_count[cut:]) - np.median(per_count[:cut])) < step / 2:
            return frozenset()
    few = min(cut, len(order) - cut)
    if 3 * few > len(order):
        return frozenset(order)
    return frozenset(order[:cut] if cut == few else order[cut:])
