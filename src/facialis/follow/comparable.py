"""Which sessions can be compared with each other, and how much each could see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facialis.core.person.casefile import Casefile, SessionRow
from facialis.numeric.statistics import sizes

__all__ = ["chosen_rows", "shares_seen"]

Array = NDArray[np.float64]


def chosen_rows(casefile: Casefile) -> tuple[SessionRow, ...]:
    """Sessions that can be compared: of the block that most have, and of the person's side (side unknown: kept).

    Where the person did not say which side it is, that of most sessions counts.
    """
    rows = casefile.sessions
    if not rows:
        return ()
    block = Counter(row.block for row in rows).most_common(1)[0][0]
    kept = [row for row in rows if row.block == block]
    said = casefile.person.text("side")
    most = Counter(row.side for row in kept if row.side in ("left", "right")).most_common(1)
    side = said if said in ("left", "right") else most[0][0] if most else None
    return tuple(row for row in kept if side is None or row.side in (None, "both", side))


def shares_seen(rows: Sequence[SessionRow]) -> Array:
    """Share of the twitches that each session could see, against its finest one; see `numeric.statistics.sizes`."""
    seen = sizes.shares_seen(
        np.array([np.nan if row.limit_iod is None else row.limit_iod for row in rows], float),
        np.array([np.nan if row.median_amplitude_iod is None else row.median_amplitude_iod for row in rows], float),
        np.array([row.twitches for row in rows], float),
    )
    return seen.mean
