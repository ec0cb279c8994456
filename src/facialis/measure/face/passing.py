"""What passes before one side of the face: hair, a drawing, a reflection, a pointer move a window as a twitch does.

Skin hangs together, keeps its pores and goes only so far; what passes does not. Told from plain skin (lower lid, corner
of the eye, cheek, side of the nose) alone: the upper lid and the lips border on openings, and may go their own way. Nor
is it told while the head is turned: then the cheek that turns away goes far, and looks different.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from facialis.measure.regions import groups, region_points, template, window_index, windows_of
from facialis.numeric.signals.filters import fill_gaps, rolling_median

__all__ = ["passing"]

Array = NDArray[np.float64]

_REST_S = 2.0  # chosen: a twitch is short against it; 1 - 4 s
_LARGE_IOD = 0.07  # chosen: a window that goes less far is never taken for something that passes; 0.05 - 0.08
_ONE_SIDED = 0.25  # chosen: nothing of the other side goes a quarter as far: the face is at rest; 0.2 - 0.4
_FAR_IOD = 0.25  # windows of spasms of 0.2 IOD (1.2 cm) go 0.13 - 0.17 (phantoms), nothing of a face twice as far
_TORN = 0.6  # difference of neighbours over their distance: at most 0.59 in spasms of 0.3 IOD (puppets); 0.6 - 0.7
_TORN_RIM = 0.95  # the same where one borders on the eye: to 0.77 in spasms of 0.2, 0.89 of 0.3 (puppets); 0.9 - 1
_ALONE = 0.1  # neighbours go at least 0.3 as far in spasms (phantoms), beside a drawing 0.01; 0.05 - 0.2
_CHANGED = (
    0.05  # fall of the match: a window at the rim of a turned cheek drifts alone, and looks as before; 0.03 - 0.1
)
_OTHER = 0.2  # fall of the match: cheek and nose, stretch undone, in spasms of 0.3 IOD 0.17 (puppets), hair 0.3 - 0.9
_TURNED_DEG = 4.0  # chosen: a head turned by more than this from where it is around takes skin along; 3 - 6
_NEAR_IOD = 0.4  # distance of windows that share skin or border on each other, as the map of the face has them
_AROUND_S = 0.5  # chosen: what passes comes and goes over so long, and a still face is still so long; 0.3 - 1 s


def passing(time_s: Array, displacement_iod: Array, match: Array, pose_deg: Array) -> NDArray[np.bool_]:
    """Moments (time, side) at which something passes before a side of the face, half a second either way.

    A window of plain skin is away from where it rests by more than 0.07 IOD, the other side by less than a quarter of
    that all around, and it has gone further than skin goes, has left its neighbours or torn from them, or, at cheek and
    nose, does not look like itself. A neighbour that is not seen may have gone along. The lower lid and the corner of
    the eye border on the eye: they may tear from one another, and further from what lies below.

    Parameters
    ----------
    time_s
        (time,) of the pictures, in seconds.
    displacement_iod
        (time, side, region, direction), NaN where a window was not seen.
    match
        (time, side, region) match of each window with its reference, of skin that is stretched once that is undone
        (`facialis.measure.face.stretched_skin`); NaN where there was no face.
    pose_deg
        (time, 3) yaw, pitch and roll of the head.
    """
    which, near = _plain_skin()
    moved, match = displacement_iod[:, :, which], match[:, :, which]
    seen = np.isfinite(moved[..., 0])
    if len(time_s) < 3 or not seen.any():
        return np.zeros((len(time_s), 2), np.bool_)
    rate_hz = 1.0 / float(np.median(np.diff(time_s)))
    around = max(2, round(_REST_S * rate_hz))
    whole, pose = fill_gaps(moved), fill_gaps(pose_deg[:, :2])
    away = whole - rolling_median(whole, around)
    size = np.linalg.norm(away, axis=3)
    width = 2 * round(_AROUND_S * rate_hz) + 1
    turned = maximum_filter1d(np.abs(pose - rolling_median(pose, around)).max(axis=1), width) > _TURNED_DEG
    ever = np.asarray(seen.any(axis=0), np.bool_)
    control = np.where((seen | ~ever).all(axis=2), size.max(axis=2), np.inf)
    other_side = maximum_filter1d(control, width, axis=0)[:, ::-1, None]
    suspect = seen & ~turned[:, None, None] & (size > _LARGE_IOD) & (other_side < _ONE_SIDED * size)
    found = np.zeros((len(time_s), 2), np.bool_)
    if not suspect.any():
        return found
    never = np.isnan(match).all(axis=0)
    usual = np.nanmedian(np.where(never, 0.0, match), axis=0)
    rim = np.isin(which, window_index(*windows_of("sign_lower_lid"), "outer_canthus"))
    changed = usual - match > _CHANGED
    other = (usual - match > _OTHER) & np.isin(which, window_index(*groups()["mid"]))
    for i, beside in enumerate(near):
        apart = np.linalg.norm(away[:, :, [i]] - away[:, :, list(beside)], axis=3) / np.array(list(beside.values()))
        known = seen[:, :, list(beside)]
        on_rim = rim[i].astype(np.intp) + rim[list(beside)]
        torn = (known & (apart > np.array([_TORN, _TORN_RIM, np.inf])[on_rim])).any(axis=2)
        along = np.where(known, size[:, :, list(beside)], np.where(ever[:, list(beside)], np.inf, 0.0)).max(axis=2)
        alone = known.any(axis=2) & (along < _ALONE * size[:, :, i]) & changed[:, :, i]
        found |= suspect[:, :, i] & (torn | alone | other[:, :, i] | (size[:, :, i] > _FAR_IOD))
    return np.asarray(maximum_filter1d(found, width, axis=0))


@cache
def _plain_skin() -> tuple[NDArray[np.int64], list[dict[int, float]]]:
    """Windows of plain skin, and of each its neighbours among them, by their position there, with their distance."""
    lid = windows_of("sign_upper_lid")
    which = window_index(*(name for group in ("eye", "mid") for name in groups()[group] if name not in lid))
    middle = template()[region_points()[0][which], :2].mean(axis=1)
    apart = np.linalg.norm(middle[:, None] - middle, axis=2)
    near = [
        {j: float(apart[i, j]) for j in range(len(which)) if 0 < apart[i, j] < _NEAR_IOD} for i in range(len(which))
    ]
    return which, near
