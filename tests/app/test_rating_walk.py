"""Films are rated by keyboard alone in a real browser; with the times of a reader: ``validation.rating_walk``."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page

from facialis.app.place import Place
from facialis.app.rating.models import Rater, Turn
from facialis.app.serve import SCRIPT
from tests.app.browser import CHROMIUM
from tests.app.films import wait, watched
from tests.app.practising import painted
from validation.rating_walk import prepared, rate_one

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not SCRIPT.is_file(), reason="Chromium or the built pages are missing: type make"
)


def practise_one(page: Page, token: str) -> None:
    """Practise with the first film by keys alone: an answer, a tap, and what was put in."""
    page.goto(f"/rating/{token}/")
    page.get_by_role("link", name="Practise first").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/practice/")
    page.locator("[data-next]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/practice/1/")
    wait(page, "() => document.querySelector('#rate-film').currentTime > 0.1")
    for key in ("t", "1", "0", "3", "2", "2", "0"):  # right; five areas
        page.keyboard.press(key)
    assert page.locator("#rate-taps").inner_text() == "1"
    page.keyboard.press("Enter")
    page.wait_for_url("**/truth/")
    assert page.get_by_text("Right: that is what was put in.").count() == 1
    assert page.get_by_text("Taps where nothing twitched: 1.").count() == 1


def test_films_are_rated_by_keys_after_practice_and_what_was_chosen_outlasts_a_reload(
    casebook: Place, tmp_path: Path
) -> None:
    token = prepared(tmp_path, 1.0, 2)
    painted(casebook, tmp_path)
    connection.close()
    with watched(casebook, "anna") as (page, complaints):
        practise_one(page, token)
        page.goto(f"/rating/{token}/")
        page.locator("[data-next]").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/rate/**")
        for key in ("2", "3", "ArrowUp", "4", "u"):  # left; forehead 3, then 4; round the eye not to be judged
            page.keyboard.press(key)
        kept = "() => [...document.querySelectorAll('.rate-part input:checked')].map(one => one.value).join()"
        with page.expect_response(lambda answer: answer.status == 204):
            page.keyboard.press("l")
            page.keyboard.press("l")
            page.keyboard.press("0")
        before = page.evaluate(kept)
        assert before == "left,4,unrateable,0"
        page.reload()
        assert page.evaluate(kept) == before
        for _ in range(4):
            rate_one(page, 0.0, read=False)
        wait(page, "() => location.pathname.startsWith('/rating/')")
        assert complaints == []
    assert len(Rater.objects.get().practised["moderate"]["taps_s"]) == 1
    done = Turn.objects.exclude(done_at=None)
    assert [turn.answers["side"] for turn in done] == ["left"] * 4
    assert all(turn.took_s is not None and 0 < turn.took_s < 60 for turn in done)
