"""A whole review by keys in a browser: judge, move, set edges, add, undo, redo; film and curves follow; comments."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from facialis.app.accounts.models import Account
from facialis.app.comments.deeds import write_comment
from facialis.app.comments.subjects import Subject
from facialis.app.place import Place
from facialis.app.serve import SCRIPT
from facialis.app.sharing.models import Share
from facialis.app.watching.models import Viewing
from facialis.core.records import SIDES
from tests.app.browser import CHROMIUM
from tests.app.films import ASK, barred, person_of, recorded, wait, watched

TWITCHES = ((2.0, "left", 0.02), (4.0, "left", 0.02), (6.0, "left", 0.02))
MISS = {
    "onset_s": 8.0,
    "offset_s": 8.2,
    "side": SIDES[1],
    "regions": ["zygomaticus"],
    "amplitude_iod": 0.01,
    "probability": 0.3,
}
FRAME_S = 1 / 30


def at(page: Page) -> float:
    return float(page.evaluate("document.querySelector('video').currentTime"))


def settle(page: Page) -> None:
    """Wait until the frame that was asked for stands in the picture."""
    wait(page, "!document.querySelector('video').seeking && document.querySelector('video').paused")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_a_review_by_keys(casebook: Place, tmp_path: Path) -> None:
    film = barred(tmp_path / "film.mp4", np.arange(300) / 30)
    recording = recorded(person_of("anna"), film, TWITCHES)
    Viewing.objects.filter(recording=recording).update(state="film", misses=[MISS])
    carla = Account.objects.create(name="Dr Carla", clinician=True)
    Share.objects.create(owner=recording.owner, person=recording.person, clinician=carla, recordings=True)
    write_comment(carla, Subject(recording=recording), "See #t=0.3.")
    with watched(casebook, "anna") as (page, complaints):
        page.goto(f"/recordings/{recording.pk}/")
        page.wait_for_selector("#bar:not([hidden])")
        on_a_phone(page)
        judge_all(page)
        move_edges(page)
        add_by_marking(page)
        near_miss(page)
        change_keys(page)
        comment_on_a_moment(page)
        page.goto(f"/recordings/{recording.pk}/#t=3.5")
        wait(page, "document.querySelector('video').dataset.frame === '105'")
        expect(page.locator("#judged")).to_have_text("2 of 3 judged")
    assert [line for line in complaints if "422" not in line] == []  # the browser itself says that a form was refused
    with closing(sqlite3.connect(casebook.database)) as database:  # Django refuses beside a browser's event loop
        deeds = [deed for (deed,) in database.execute("SELECT deed FROM casebook_step ORDER BY id")]
    assert deeds == ["judge", "judge", "judge", "undo", "undo", "redo", "move", "move", "add", "move", "add"]


def on_a_phone(page: Page) -> None:
    """The film begins on the first screen, above the navigation."""
    before = page.viewport_size
    page.set_viewport_size({"width": 360, "height": 800})
    film, ways = page.locator("video").bounding_box(), page.locator(".ways-first").bounding_box()
    assert film is not None
    assert ways is not None
    assert film["y"] + 44 < ways["y"]
    assert before is not None
    page.set_viewport_size(before)


def judge_all(page: Page) -> None:
    judged, chosen = page.locator("#judged"), page.locator("tr[aria-current]")
    pressed = page.locator("tr button[name][aria-pressed=true]")
    page.keyboard.press("n")
    expect(chosen).to_have_id("event-1")
    expect(chosen).to_be_focused()
    settle(page)
    assert at(page) == pytest.approx(2.001, abs=1e-4)
    page.keyboard.press("r")
    expect(judged).to_have_text("1 of 3 judged")
    expect(chosen).to_have_id("event-2")
    expect(chosen).to_be_focused()
    page.keyboard.press("a")
    page.keyboard.press("u")
    expect(judged).to_have_text("3 of 3 judged")
    expect(page.locator("#review-said")).to_have_text("3 of 3 judged")
    assert [button.get_attribute("name") for button in pressed.all()] == ["reject", "accept", "unsure"]
    expect(page.locator("#counted")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(judged).to_have_text("2 of 3 judged")
    page.keyboard.press("Control+z")
    expect(judged).to_have_text("1 of 3 judged")
    page.keyboard.press("Control+y")
    expect(judged).to_have_text("2 of 3 judged")
    page.keyboard.press("Shift+N")
    expect(chosen).to_have_id("event-3")
    page.keyboard.press("Shift+L")
    wait(page, "!document.querySelector('video').paused")
    page.keyboard.press("Shift+L")
    wait(page, "document.querySelector('video').paused")


def move_edges(page: Page) -> None:
    row, said = page.locator("#event-3"), page.locator("#review-said")
    for _ in range(2):
        page.keyboard.press("Alt+ArrowLeft")
    expect(row).to_have_attribute("data-found-from", "6.0")
    expect(row).to_contain_text("its ends set by you")
    assert float(row.get_attribute("data-from") or "nan") == pytest.approx(6 - 2 * FRAME_S, abs=1e-5)
    settle(page)
    assert at(page) == pytest.approx(6 - 2 * FRAME_S + 0.001, abs=1e-4)  # the picture follows the edge
    page.keyboard.press("g")
    page.fill("#goto-time", "0:06.5")
    page.keyboard.press("Enter")
    wait(page, "document.querySelector('video').dataset.frame === '195'")
    row.focus()
    page.keyboard.press("]")
    expect(said).to_contain_text("0:06.500")
    expect(row).to_have_attribute("data-until", "6.5")
    wait(page, "document.querySelector('#event-3').innerText.includes('0.57 s')")


def add_by_marking(page: Page) -> None:
    added = page.locator("tr[data-added]")
    page.keyboard.press("Space") if page.locator("video").evaluate("film => film.paused") else None
    wait(page, "document.querySelector('video').currentTime > 6.9")
    page.keyboard.down("e")
    page.wait_for_timeout(300)
    page.keyboard.up("e")
    expect(added).to_have_count(1)
    expect(added).to_have_attribute("aria-current", "true")
    expect(added).to_have_attribute("data-side", "left")
    page.keyboard.press("k")
    page.keyboard.press("2")
    expect(added).to_contain_text("cheek")


def near_miss(page: Page) -> None:
    page.click("#misses summary")
    page.click("#miss-1 button.quiet")
    expect(page.locator("[data-command=magnify]")).to_be_visible()
    page.keyboard.press("m")
    expect(page.locator("#loop canvas")).to_be_visible()
    page.click("#miss-1 button[name=accept]")
    expect(page.locator("tr[data-added]")).to_have_count(2)
    expect(page.locator("#misses")).to_have_count(0)


def change_keys(page: Page) -> None:
    keys, said = page.locator("#keys"), page.locator("#keys-said")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(keys).to_have_attribute("open", "")
    page.click("[data-rebind=unsure]")
    page.keyboard.press("a")
    expect(said).to_contain_text("already does something else")
    page.click("[data-rebind=unsure]")
    page.keyboard.press("q")
    expect(page.locator("[data-key-of=unsure] kbd")).to_have_text("Q")
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("q")


def comment_on_a_moment(page: Page) -> None:
    """By the button below the film, with a name completed; links and marks lead back to the moment."""
    said, box, marks = page.locator("#comments-said"), page.locator("#say"), page.locator(".moments i")
    assert page.evaluate(ASK, 36) == [True, 36]
    page.click(".answer-box summary")
    page.fill("#answer-1", "a draft, which is not lost when something else is sent")
    page.click("[data-command=comment]")
    expect(box).to_be_focused()
    expect(box).to_have_value("#t=1.200 ")
    page.keyboard.type("@")
    expect(page.locator(".mentions li")).to_have_text(["Dr Carla"])
    expect(box).to_have_attribute("aria-activedescendant", "mention-0")
    page.keyboard.press("Enter")
    page.keyboard.type("look")
    expect(box).to_have_value("#t=1.200 @Dr Carla look")
    page.click("#talk > form button.main")
    expect(said).to_have_text("Your comment is posted.")
    assert "look" in page.evaluate("document.activeElement.innerText")
    assert page.input_value("#answer-1").startswith("a draft")
    expect(marks).to_have_count(2)
    for link, frame in ((0, 9), (1, 36), (1, 36)):
        page.evaluate(ASK, 50)
        page.locator("a[data-moment]").nth(link).click()
        wait(page, f"document.querySelector('video').dataset.frame === '{frame}'")
    page.fill("#say", "x" * 2001)
    page.click("#talk > form button.main")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_be_focused()
    assert len(page.input_value("#say")) == 2001
