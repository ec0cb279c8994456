"""Somebody who never saw the page rates films, by keyboard alone, in a real browser: how long does a film take?

``python -m validation.rating_walk`` prints the time of each film and their median; ends with 1 if it is above a minute.
The reader is made up: words are read at 238 a minute (Brysbaert 2019), each key takes a second and a half to decide and
find. The film is watched once at its true speed. So this is the page's part of the time, and that of
a reader who does not hesitate; it says nothing of how well anybody rates. Needs Chromium.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests.app.browser import LONG_MS
from tests.app.house import move_in, set_up

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["main", "rate_one"]

_WORDS_PER_MIN = 238.0  # silent reading of English (10.1016/j.jml.2019.104047)
_DECIDE_S = 1.5  # chosen: to decide on an answer and find its key; 0.5 - 3 s
_FILM_S = 15.0  # chosen: a stretch in which a spasm is seen several times; 10 - 60 s
_FILMS = 5
_MOST_S = 60.0


def main() -> int:
    """Rate; see the module."""
    set_up()
    from tests.app.films import watched

    with tempfile.TemporaryDirectory() as folder:
        place = move_in(Path(folder) / "casebook")
        token = prepared(Path(folder), _FILM_S, _FILMS)
        from django.db import connection

        connection.close()
        with watched(place, "anna") as (page, _):
            page.goto(f"/rating/{token}/")
            page.wait_for_timeout(1000 * reading_s(page))
            page.keyboard.press("Tab")
            page.locator("[data-next]").focus()
            page.keyboard.press("Enter")
            took: list[float] = []
            while "/rate/" in page.url or not took:
                page.wait_for_url("**/rate/**", timeout=LONG_MS)
                took.append(rate_one(page, _DECIDE_S, read=not took))
                print(f"film {len(took)}: {took[-1]:.1f} s")
    print(f"median of {len(took)} films: {median(took):.1f} s (asked: {_MOST_S:.0f} s at most)")
    return int(median(took) > _MOST_S)


def prepared(folder: Path, film_s: float, films: int) -> str:
    """A set of stretches of one film that its owner rates with five areas and a side; returns the rater's token."""
    from facialis.app.rating.deeds import Stretch, make_set
    from facialis.app.rating.films import make_one_film
    from facialis.app.recordings.models import FILM
    from facialis.app.recordings.store import keep
    from tests.app.films import barred, person_of
    from tests.app.test_rating import recorded

    person = person_of("anna")
    recording = recorded(person)
    keep(recording, FILM, barred(folder / "film.mp4", [n / 30 for n in range(round(30 * film_s * films))]))
    parts = [Stretch(recording, film_s * n, film_s * (n + 1)) for n in range(films)]
    made = make_set(person.owner, "walk", "tunc", parts, [person.owner], 0.2)
    while make_one_film(lambda: False):
        pass
    return str(made.raters.get().token)


def reading_s(page: Page) -> float:
    """How long the words of a page take to read."""
    return 60.0 * len(page.locator("main").inner_text().split()) / _WORDS_PER_MIN


def rate_one(page: Page, decide_s: float, *, read: bool) -> float:
    """Watch a film to its end and answer by keys alone; returns the seconds from when it is there to the next one."""
    began_s, here = time.monotonic(), page.url
    if read:
        page.wait_for_timeout(1000 * reading_s(page))
    if page.evaluate("() => document.querySelector('#rate-film').paused"):
        page.keyboard.press("Space")
    for _ in range(2400):
        if page.evaluate(
            "() => { const f = document.querySelector('#rate-film'); return f.ended || f.error !== null; }"
        ):
            break
        page.wait_for_timeout(50)
    while page.evaluate("() => document.querySelectorAll('.rate-part:not(:has(input:checked))').length"):
        page.wait_for_timeout(1000 * decide_s)
        page.keyboard.press("2")
    page.wait_for_timeout(1000 * decide_s)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url != here, timeout=LONG_MS)
    return time.monotonic() - began_s


if __name__ == "__main__":
    sys.exit(main())
