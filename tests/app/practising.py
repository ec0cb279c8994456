"""Films for practice that took no time to paint: the truth of the first is its own, the pictures are not."""

from __future__ import annotations

import shutil
from pathlib import Path

from facialis.app.place import Place
from facialis.app.practice.painting import film_of, films
from facialis.files.events import write_events
from facialis.phantom.truth import truth
from tests.app.films import barred

__all__ = ["painted"]


def painted(place: Place, work: Path) -> None:
    """Put films for practice into a casebook as if they had been painted: bars, and the truth of the first alone."""
    place.practice.mkdir(exist_ok=True)
    bars = barred(work / "bars.mp4", [n / 25 for n in range(225)], rate_hz=25.0)
    for number, anchor in enumerate(films()):
        shutil.copy(bars, film_of(anchor))
        events = () if number else truth(anchor.spec)  # each takes a second
        write_events(events, film_of(anchor).with_suffix(".events.tsv"))
