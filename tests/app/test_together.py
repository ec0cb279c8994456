"""Two recordings side by side: what is said of both, what is not compared, and one cursor for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from playwright.sync_api import sync_playwright

from facialis.app.accounts.models import Account
from facialis.app.clinic.aligned import shared_blocks
from facialis.app.clinic.compared import compared
from facialis.app.diary.deeds import add_treatment
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import keep_result
from facialis.app.serve import SCRIPT
from facialis.app.sharing.models import Share
from tests.app.browser import CHROMIUM, QUIET
from tests.app.house import LogIn
from tests.app.pages import opened, render

Anna = tuple[Account, Client, Person]
Made = Callable[..., Recording]


@pytest.fixture
def made(anna: Anna, session_folder: Path) -> Made:
    """Makes recordings that were measured, each of its day in May 2026."""

    def make(day: int, **told: Any) -> Recording:
        given = {"mirrored": False, **told}
        film = Recording.objects.create(
            owner=anna[0], person=anna[2], day=date(2026, 5, day), name=f"x{day}", measured=True, **given
        )
        keep_result(film, session_folder)
        return film

    return make


def block(name: str, start_s: float) -> dict[str, Any]:
    """A part of the task."""
    return {"name": name, "start_s": start_s, "stop_s": start_s + 5}


def test_parts_of_the_task_stand_beside_each_other() -> None:
    left = Recording(blocks=[block("rest", 0.0), block("smile", 60.0), block("rest", 80.0), block("pucker", 99.0)])
    right = Recording(blocks=[block("smile", 3.0), block("rest", 9.0), block("smile", 40.0), block("rest", 50.0)])
    found = [(row.left_s, row.right_s) for row in shared_blocks(left, right)]
    assert found == [(0.0, 9.0), (60.0, 40.0), (80.0, 50.0)]
    assert shared_blocks(left, Recording(blocks=[])) == ()


def test_the_same_twice_differs_in_nothing_and_each_has_its_rate(made: Made) -> None:
    task = [block("rest", 1.0)]
    told = compared(made(9, blocks=task), made(2, blocks=task))
    assert told.unlike == ()
    assert told.said == ("No difference can be told between 2 May 2026 and 9 May 2026: the intervals overlap.",)
    assert [line[:11] for line in told.each] == ["2 May 2026,", "9 May 2026,"]
    assert all("interval" in line and "twitches per minute" in line for line in told.each)


@pytest.mark.parametrize(
    ("told", "words", "grave"),
    [
        ({"filmed": "caught"}, "because it was bad just then", True),
        ({"filmed": ""}, "whether it was planned", False),
        ({"mirrored": None}, "left and right may be swapped", False),
        ({"capture": {"camera": "two"}}, "different cameras", False),
        ({"alone": "yes"}, "Once the person was alone", False),
        ({"blocks": []}, "No part of a task", False),
    ],
)
def test_what_cannot_be_compared_is_said(made: Made, told: dict[str, Any], words: str, grave: bool) -> None:
    usual = {"blocks": [block("rest", 1.0)], "capture": {"camera": "one"}, "alone": "no"}
    found = compared(made(2, **usual), made(9, **{**usual, **told}))
    assert [words in line for line in found.unlike] == [True]
    assert bool(found.said) != grave
    assert len(found.each) == 2


def test_the_page_is_for_the_owner_and_for_whom_recordings_are_shared_with(
    anna: Anna, made: Made, log_in: LogIn
) -> None:
    account, owner, person = anna
    address = f"/people/{person.pk}/side-by-side/"
    assert "It takes two films" in owner.get(address).content.decode()
    films = [made(day) for day in (2, 9, 16)]
    add_treatment(account, person, {"date": "2026-05-12", "kind": "toxin", "product": "Xeomin"})
    page = owner.get(address).content.decode()
    assert f'<option value="{films[1].pk}" selected>' in page
    assert f"?left={films[2].pk}&amp;right={films[1].pk}" in page, "to swap them is a link"
    assert "Between them, 12 May 2026: Xeomin." in page
    assert "Between them" not in owner.get(f"{address}?left={films[0].pk}&right={films[1].pk}").content.decode()
    assert "the same recording" in owner.get(f"{address}?left={films[0].pk}&right={films[0].pk}").content.decode()
    clinician, browser = log_in("carla")
    share = Share.objects.create(owner=account, person=person, clinician=clinician, course=True)
    assert browser.get(address).status_code == 404
    Share.objects.filter(pk=share.pk).update(recordings=True)
    assert "Between them" in browser.get(address).content.decode()
    Share.objects.filter(pk=share.pk).update(course=False)
    page = browser.get(address).content.decode()
    assert "twitches per minute" in page
    assert "Between them" not in page, "treatments belong to the course"
    _, other = log_in("bert")
    theirs = Person.objects.create(owner=Account.objects.get(name="bert"), name="Bert")
    page = other.get(f"/people/{theirs.pk}/side-by-side/?left={films[0].pk}&right={films[1].pk}").content.decode()
    assert "May 2026" not in page


@pytest.mark.skipif(CHROMIUM is None or not SCRIPT.is_file(), reason="Chromium or the built pages are missing")
def test_one_cursor_moves_both_along_the_task(anna: Anna, made: Made) -> None:
    _, owner, person = anna
    made(9, blocks=[block("rest", 1.0), block("smile", 20.0)])
    made(2, blocks=[block("rest", 4.0), block("smile", 10.0)])
    rendered = render(owner, {"person": (person.pk,)}, "en", routes=("side_by_side",))
    connection.close()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        with opened(browser, rendered, "en") as page:
            page.goto(rendered.paths["side_by_side", "person"])
            left, right = (page.locator(f"[data-side-of={side}] [data-part=clock]") for side in ("left", "right"))
            page.locator("button[data-to]").nth(1).click()
            page.wait_for_function("document.querySelectorAll('[data-part=clock]')[1].textContent.startsWith('0:20.0')")
            assert left.inner_text().startswith("0:10.0")
            page.locator("[data-side-of=right] [data-part=strip]").focus()
            page.keyboard.press("ArrowRight")
            page.wait_for_function(
                "document.querySelectorAll('[data-part=clock]')[0].textContent.startsWith('0:10.033')"
            )
            assert right.inner_text().startswith("0:20.033")
            page.locator("[data-side-of=right] [data-part=strip]").click()
            page.wait_for_function(
                "/^0:1(4[.]9|5[.]0)/.test(document.querySelectorAll('[data-part=clock]')[1].textContent)"
            )
            page.wait_for_function("document.querySelectorAll('[data-part=clock]')[0].textContent.startsWith('0:10.0')")
            page.select_option("[data-do=region]", "mouth")
            captions = page.locator(".side figcaption").all_inner_texts()
            assert [text.split(" ")[0] for text in captions] == ["Mouth", "Mouth"], "one region under each"
        browser.close()
