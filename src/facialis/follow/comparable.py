"""Which sessions can be compared with each other, how much each could see, and treatments as entered or told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.casefile import Casefile, SessionRow, Treatment
from facialis.numeric.statistics import sizes

__all__ = ["chosen_rows", "given_or_told", "shares_seen"]

Array = NDArray[np.float64]

_SAME_DAYS = 14  # chosen: a person counts days roughly; a dose so near is the one that was entered; 7 - 21


def given_or_told(casefile: Casefile, kind: Literal["toxin", "decompression"]) -> tuple[Treatment, ...]:
    """Treatments of one kind in order: those entered, and the last one that the person tells of if it is not.

    Days are counted roughly: what is told within two weeks of an entered one is that one.
    """
    given = list(casefile.given(kind))
    ago = casefile.person.number(f"{kind}_days_ago")
    if ago is not None and ago >= 0:
        told = casefile.as_of - timedelta(days=round(ago))
        if all(abs((told - row.day).days) > _SAME_DAYS for row in given):
            given.append(Treatment(day=told, kind=kind))
    return tuple(sorted(given, key=lambda row: row.day))


def chosen_rows(rows: Sequence[SessionRow]) -> tuple[SessionRow, ...]:
    """Sessions that can be compared: of the block and the side that most of them have (side unknown: kept)."""
    if not rows:
        return ()
    block = Counter(row.block for row in rows).most_common(1)[0][0]
    kept = [row for row in rows if row.block == block]
    sides = Counter(row.side for row in kept if row.side in ("left", "right")).most_common(1)
    return tuple(row for row in kept if not sides or row.side in (None, "both", sides[0][0]))


def shares_seen(rows: Sequence[SessionRow]) -> Array:
    """Share of the twitches that each session could see, against its finest one; see `numeric.statistics.sizes`."""
    seen = sizes.shares_seen(
        np.array([np.nan if row.limit_iod is None else row.limit_iod for row in rows], float),
        np.array([np.nan if row.median_amplitude_iod is None else row.median_amplitude_iod for row in rows], float),
        np.array([row.twitches for row in rows], float),
    )
    return seen.mean
