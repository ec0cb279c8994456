"""A weak face twitches less: what looks like getting better may be a palsy, and blocks the word."""

from __future__ import annotations

import numpy as np

from facialis.core.casefile import Casefile
from facialis.follow.windows import threshold

__all__ = ["weak"]

_LATEST = 3  # chosen: the median of so many recordings, so that one turned head does not count; 2 - 5


def weak(case: Casefile) -> bool:
    """Whether the person, a House-Brackmann-style grade or the recordings tell of weakness on the side of the spasm."""
    if case.person.text("face_weakness") in ("slight", "marked") or case.person.is_true("eye_cannot_close"):
        return True
    grades = [answer.total for answer in case.answers if answer.instrument == "housebrackmann" and answer.total]
    if grades and grades[-1] > 1:
        return True
    narrow = [row.resting_asymmetry for row in case.sessions if row.resting_asymmetry is not None]
    shut = [row.closure_share for row in case.sessions if row.closure_share is not None]
    # A face that was uneven from the start is not weak; one that becomes so may be.
    if len(narrow) > _LATEST and np.median(narrow[-_LATEST:]) - np.median(narrow[:_LATEST]) >= threshold(
        "weak_asymmetry"
    ):
        return True
    return bool(len(shut) >= _LATEST and np.median(shut[-_LATEST:]) < threshold("weak_closure"))
