"""How far a job is: a small file beside the database, written by its worker and read by the page."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from facialis.core.knowledge import sentences, wording
from facialis.report.session.verdict import duration_words

__all__ = ["Progress", "forget_progress", "read_progress", "write_progress"]

_EARLY = 0.03  # chosen: before this share of the work nobody can say how long the rest takes; 0.02 - 0.1


@dataclass(frozen=True, kw_only=True)
class Progress:
    """The stage, the share (0-1) of the whole that is done, and how many seconds it took."""

    stage: str
    share: float
    spent_s: float

    @property
    def percent(self) -> int:
        """The share as a whole number of hundredths; 100 only when all is done."""
        return min(99, int(100 * self.share))

    @property
    def left_words(self) -> str:
        """How long the rest will take if it goes on like this; empty where it is too early to say."""
        if self.share < _EARLY:
            return ""
        return duration_words(max(1.0, self.spent_s * (1 - self.share) / self.share))

    @property
    def stage_words(self) -> str:
        """The stage in the language spoken."""
        key = "stage_" + self.stage.replace(" ", "_")
        return wording(key) if key in sentences() else self.stage


def _path(job: int | str) -> Path:
    return Path(settings.PLACE.progress) / f"{job}.json"


def write_progress(job: int | str, stage: str, share: float, began_s: float) -> None:
    """Say how far a job is, or work of that name; ``began_s`` is when it began, by `time.monotonic`."""
    path = _path(job)
    part = path.with_suffix(".part")
    with suppress(OSError):  # progress is worth no failure
        part.write_text(json.dumps(asdict(Progress(stage=stage, share=share, spent_s=time.monotonic() - began_s))))
        part.replace(path)


def read_progress(job: int | str) -> Progress | None:
    """How far a job is; None where nobody has said."""
    try:
        return Progress(**json.loads(_path(job).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def forget_progress(job: int | str) -> None:
    """Remove what was said of a job that has ended."""
    with suppress(OSError):
        _path(job).unlink(missing_ok=True)
