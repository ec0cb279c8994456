"""The cheek that a turned head hides: it slides under its windows by itself, and no muscle can move it alone.

The zygomaticus ends at the corner of the mouth, and the muscle round the eye moves the lids with the cheek.
"""

from __future__ import annotations

import numpy as np

from facialis.measure.events.evidence import Stretch, geometry
from facialis.measure.events.shape import Shape
from facialis.measure.regions import window_index, windows_of

__all__ = ["is_far_cheek"]

_TURNED_DEG = 10.0  # chosen: from here on false peaks of cheeks lie on the far side (people left out); 8 - 12
_AROUND_S = 0.2  # chosen: the mesh's jitter is averaged over so long on either side; 0.1 - 0.3
_CARRIED = 0.65  # chosen: share of the squared movement; spasms of cheek and mouth have 0.3 (regions.yaml); 0.5 - 0.8
_RESTS = 0.5  # chosen: lids and mouth go less than half as far as what moves most; 0.35 - 1


def is_far_cheek(stretch: Stretch, side: int, shape: Shape) -> bool:
    """Whether a movement of a side is only the far cheek of a turned head.

    The head is turned by 10 degrees or more to that side (median over 0.2 s either way of the apex), cheek and buccal
    windows carry 0.65 or more of the squared movement of the windows that were seen, and the lids, the corner of the
    mouth and the upper lip go less than half as far as the window that moves most. ``side`` counts
    `facialis.core.records.SIDES`. A pose that was never known counts as straight.
    """
    near = np.abs(stretch.time_s - shape.apex_s) <= _AROUND_S
    yaw_deg = float(np.median(stretch.pose_deg[near, 0])) if near.any() else 0.0
    towards = yaw_deg if side == 1 else -yaw_deg  # the nose turned to the person's left hides the left cheek
    if not towards >= _TURNED_DEG:
        return False
    apex = int(np.argmin(np.abs(stretch.time_s - shape.apex_s)))
    power = (shape.moved_iod**2).sum(1) * ~stretch.hidden[apex, side]
    cheek = window_index(*windows_of("zygomaticus_way"))
    ends = (window for role in ("sign_upper_lid", "sign_lower_lid", "zygomaticus_end") for window in windows_of(role))
    others = window_index(*ends)
    whole, most = float(power[geometry()[1]["all"]].sum()), float(power.max())
    return float(power[cheek].sum()) >= _CARRIED * whole > 0 and float(power[others].max()) < _RESTS**2 * most
