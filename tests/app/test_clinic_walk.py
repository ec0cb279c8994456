"""A person and a clinician on one casebook, each in a browser of their own: from the invitation to what stays of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from playwright.sync_api import Page, expect, sync_playwright

from facialis.app.place import Place
from facialis.app.serve import SCRIPT
from tests.app.browser import CHROMIUM, LONG_MS, QUIET, Walk, serving
from tests.app.films import PASSWORD, barred, person_of, recorded, wait
from validation.rating_walk import rate_one

pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not SCRIPT.is_file(), reason="Chromium or the built pages are missing: type make"
)
FILM_S = 6
TWITCHES = ((1.5, "left", 0.15), (4.0, "left", 0.15))
MOMENT_S = 1.5


@dataclass
class Clinic:
    """Anna with a recording that was measured, and a clinician who has not been here: a page of each."""

    anna: Page
    carla: Page
    person: str
    recording: str


@pytest.fixture
def clinic(casebook: Place, tmp_path: Path) -> Iterator[Clinic]:
    """Those two before a casebook that is served; neither browser asks for anything else or has to complain."""
    anna = person_of("Anna")
    film = barred(tmp_path / "monday.mp4", [n / 30 for n in range(30 * FILM_S)])
    recording = recorded(anna, film, TWITCHES)
    connection.close()
    with serving(casebook.root) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        walks = [Walk(browser.new_context(base_url=address, locale="en-GB"), address) for _ in range(2)]
        hers, theirs = (walk.context.new_page() for walk in walks)
        yield Clinic(anna=hers, carla=theirs, person=f"/people/{anna.pk}/", recording=f"/recordings/{recording.pk}/")
        browser.close()
    assert [walk.complaints for walk in walks] == [[], []]


def test_a_person_and_a_clinician_from_the_invitation_to_its_end(clinic: Clinic) -> None:
    accept(clinic, invite(clinic))
    look_and_comment(clinic)
    rate(clinic)
    answer(clinic)
    sheet = issue(clinic)
    stop(clinic)
    nothing_is_left_but_the_sheet(clinic, sheet)
    everything_is_in_the_trail(clinic)


def invite(clinic: Clinic) -> str:
    """Anna logs in and invites somebody; returns the link that she hands on."""
    page = clinic.anna
    page.goto("/login/")
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", PASSWORD)
    page.click("main button.main")
    page.click("nav >> text=Who sees my data")
    expect(page.locator("main")).to_contain_text("Nobody")
    page.click("main a.main")
    page.click("main button.main")
    return page.locator("#link").inner_text()


def accept(clinic: Clinic, link: str) -> None:
    """The clinician opens it, makes an account, keeps the codes, and is with Anna."""
    page = clinic.carla
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Anna shares with you")
    page.fill("[name=name]", "Dr Carla")
    for name in ("password", "again"):
        page.fill(f"[name={name}]", PASSWORD)
    page.dblclick("text=Make the account and accept")  # as many do
    expect(page.locator("#codes li")).to_have_count(8)
    page.click("main a.main")
    page.click(".day >> text=Anna")
    expect(page.locator("h1")).to_have_text("Anna")
    expect(page.locator(".guest")).to_contain_text("Anna")


def look_and_comment(clinic: Clinic) -> None:
    """To the recording: an event is chosen, and a comment written on its moment that names Anna."""
    page = clinic.carla
    page.click("main .rows a[href^='/recordings/']")
    expect(page.locator("video[data-film][data-frame]")).to_have_count(1)  # the player is there
    page.click("button[data-at] >> nth=0")
    expect(page.locator("video[data-film]")).to_have_attribute("data-frame", re.compile("[1-9]"))
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("magnified")
    expect(page.locator("#keys")).not_to_contain_text("reject")
    page.keyboard.press("Escape")
    page.click("text=Comment on this moment")
    page.locator("#say").press_sequentially("@Anna, was that a blink?")
    page.click("text=Post the comment")
    expect(page.locator("#comments-said")).to_have_class("said good")
    expect(page.locator(".comment .text a[data-moment]")).to_have_count(1)
    assert page.request.post(f"{clinic.recording}review/judge/").status in (403, 404), "only the owner judges"


def rate(clinic: Clinic) -> None:
    """A set of a stretch, which is cut out, shown without a name, and rated by keys."""
    page = clinic.carla
    page.click("nav >> text=Blind rating")
    page.click("main a.main")
    page.fill("[name=name]", "Monday")
    page.check("[name=film]")
    page.fill("[name^=part-]", "0:01-0:02")
    page.click("main button.main")
    page.click("main a:has-text('Rate')")
    page.click("[data-next]")
    while "/rate/" in page.url:
        while page.locator("#rate-film").count() == 0:  # it is being cut out
            page.click("text=Look again")
        rate_one(page, 0.0, read=False)
    page.click("main button.main")
    expect(page.locator(".lead")).to_contain_text("Thank you")


def answer(clinic: Clinic) -> None:
    """Anna sees what she has not read, is led to the moment, answers, and settles it."""
    page = clinic.anna
    page.goto(clinic.person)
    expect(page.locator("nav a .badge")).to_contain_text("1")
    page.click("nav a[href='/comments/']")
    page.click("main .rows a")
    page.wait_for_url(f"**{clinic.recording}#comment-*")
    first = page.locator("li.thread")
    first.locator("a[data-moment]").click()
    wait(page, f"() => Math.abs(document.querySelector('video').currentTime - {MOMENT_S}) < 0.5")
    first.locator("summary").click()
    first.locator("textarea").fill("@Dr Carla No, I was about to speak.")
    first.locator(".box button").click()
    expect(page.locator(".replies .comment")).to_have_count(1)
    page.click("text=Mark as settled")
    expect(page.locator(".settled > summary")).to_contain_text("1")
    page.reload()
    expect(page.locator("nav .badge")).to_have_count(0)


def issue(clinic: Clinic) -> bytes:
    """The clinician issues the sheet, which is kept in the clinic's record; returns it."""
    page = clinic.carla
    page.goto(f"{clinic.person}shared/")
    page.dblclick("text=Issue the sheet")
    expect(page.locator("#issued .said.good")).to_be_visible()
    expect(page.locator("#issued li")).to_have_count(1)
    with page.expect_download() as download:
        page.click("#issued a")
    sheet = Path(download.value.path()).read_bytes()
    assert sheet.startswith(b"%PDF")
    return sheet


def stop(clinic: Clinic) -> None:
    """Anna stops sharing; the page that the clinician has open leaves."""
    clinic.anna.click("nav >> text=Who sees my data")
    expect(clinic.anna.locator(".seers")).to_contain_text("Dr Carla")
    clinic.anna.click("main >> text=Stop sharing")
    expect(clinic.anna.locator(".said.good")).to_be_visible()
    clinic.carla.wait_for_url("**/shared/?over=1", timeout=LONG_MS)


def nothing_is_left_but_the_sheet(clinic: Clinic, sheet: bytes) -> None:
    """The sheet is in the clinic's record, with its day; no page, film or comment of Anna's is anywhere."""
    page = clinic.carla
    expect(page.locator("main .rows")).to_contain_text("Snapshot: as it was on")
    with page.expect_download() as download:
        page.click("main .rows a")
    assert Path(download.value.path()).read_bytes() == sheet
    recording, person = clinic.recording, clinic.person
    for gone in (recording, f"{recording}film/", f"{recording}comments/", person, f"{person}shared/"):
        assert page.request.get(gone).status == 404, gone
    page.goto("/comments/")
    expect(page.locator("main")).not_to_contain_text("about to speak")
    page.goto("/ratings/")
    page.click("main >> text=Monday")
    expect(page.locator("main")).not_to_contain_text("Anna")


def everything_is_in_the_trail(clinic: Clinic) -> None:
    """What the clinician looked at and did stands where Anna looks for it."""
    page = clinic.anna
    page.goto("/account/seen/")
    hers = " | ".join(page.locator("tr.other").all_inner_texts())
    for said in SAID:
        assert said in hers, (said, hers)
    assert "another page" not in hers


SAID = (
    "Accepted an invitation",
    "Looked at the overview",
    "Looked at a recording",
    "Watched a film",
    "Wrote a comment",
    "Looked at the curves of a recording",
    "Put recordings into a set for blind rating",
    "Watched a film without a name, to rate it",
    "Rated a film blind",
    "Issued the sheet for the clinician",
    "Opened what was issued",
)
