"""All that facialis could report of a clip, each with a height, so that its threshold can be chosen knowing the truth.

Rivals are given that (validation/hindsight.py). This is the same for facialis: its candidates before any bound, blinks
and holds not yet told apart by the rules of `facialis.measure.events.decision`.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facialis.core.errors import FaceError
from facialis.measure.events.candidates import Candidate, find_candidates
from facialis.measure.events.evidence import stretches
from facialis.measure.events.neighbours import probabilities
from facialis.measure.session import measure_recording
from validation.hindsight import Reports
from validation.trial import code_key

__all__ = ["OwnReports", "own_reports"]


@dataclass(frozen=True, kw_only=True)
class OwnReports:
    """The same moments and sides with two heights: the rule's probability, and the evidence alone."""

    probability: Reports
    evidence: Reports


def own_reports(path: Path, cache: Path) -> OwnReports:
    """Candidates of a clip that this trial made itself."""
    kept = cache / f"{path.stem}.{code_key()}.own"
    if kept.exists():
        found: OwnReports = pickle.loads(kept.read_bytes())
        return found
    try:
        motion = measure_recording(path).motion
    except FaceError:
        return _reports([])
    found = _reports([peak for part in stretches(motion) for peak in find_candidates(part).peaks])
    kept.write_bytes(pickle.dumps(found))
    return found


def _reports(peaks: list[Candidate]) -> OwnReports:
    time = np.array([p.time_s if p.shape is None else p.shape.apex_s for p in peaks])
    right = np.array([p.side == 0 for p in peaks], bool)
    probability = probabilities(peaks)
    evidence = np.array([p.deviate for p in peaks])
    return OwnReports(
        probability=Reports(time_s=time, right=right, height=probability),
        evidence=Reports(time_s=time, right=right, height=evidence),
    )
