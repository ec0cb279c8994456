"""A whole review by keys in a browser: judge, move, undo, redo, and the film follows."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Page, expect, sync_playwright

from facialis.app.accounts.models import Account
from facialis.app.people.deeds import add_person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording
from facialis.app.serve import SCRIPT
from facialis.core.records import Frame
from facialis.film.encode import VideoWriter
from facialis.report.session.folder import write_session_folder
from tests.app.test_walk import CHROMIUM, QUIET
from tests.report import factory

SALT = "a-salt-that-is-long-enough"
PASSWORD = "cherry boat lamp"
RATE_HZ = 10.0
TWITCHES = ((2.0, "left", 0.02), (4.0, "left", 0.02), (6.0, "left", 0.02))


@pytest.fixture
def recording(casebook: Place) -> Recording:  # noqa: ARG001 - it has to be there first
    """A recording with three twitches and a film of as many seconds, of nobody."""
    account = Account.objects.create(name="anna", password=PBKDF2PasswordHasher().encode(PASSWORD, SALT))
    person = add_person(account, "Anna")
    made = Recording.objects.create(
        owner=account, person=person, day=date(2026, 5, 1), name="x", container="mov", measured=True
    )
    made.folder.mkdir(mode=0o700)
    session = factory.make(duration_s=12.0, twitches=TWITCHES, tonic=(), blinks=(), gaps=())
    write_session_folder(
        replace(session.session, signals=session.motion, face=session.track), None, made.result, faces=False
    )
    film = made.folder / "film.mp4"  # of a name that tells the writer its form
    with VideoWriter(film, width_px=64, height_px=64, frame_rate_hz=RATE_HZ) as writer:
        for index in range(round(12 * RATE_HZ)):
            luma, chroma = np.full((64, 64), 16 + index, np.uint8), np.full((2, 32, 32), 128, np.uint8)
            writer.write(Frame(index=index, time_s=index / RATE_HZ, luma=luma, chroma=chroma))
        writer.finish()
    film.rename(made.film)
    return made


@pytest.fixture
def page(casebook: Place, recording: Recording) -> Iterator[Page]:
    """Its page in a browser that complains of nothing."""
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--port", "0", "--data", str(casebook.root)]
    complaints: list[str] = []
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server,
        sync_playwright() as playwright,
    ):
        assert server.stdout is not None
        address = server.stdout.readline().strip()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(base_url=address, locale="en-GB").new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/login/?next=/recordings/{recording.pk}/")
        page.fill("[name=name]", "anna")
        page.fill("[name=password]", PASSWORD)
        page.click("main button.main")
        page.goto(f"/recordings/{recording.pk}/")
        yield page
        browser.close()
        server.terminate()
        assert server.wait(60) == 0
    assert complaints == []


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_a_review_by_keys(page: Page, casebook: Place) -> None:
    judged, chosen = page.locator("#judged"), page.locator("tr[aria-current]")
    pressed = page.locator("tr button[name][aria-pressed=true]")
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    page.keyboard.press("n")
    expect(chosen).to_have_id("event-1")
    expect(chosen).to_be_focused()
    at_s = float(chosen.get_attribute("data-from") or "nan")
    assert page.evaluate("document.querySelector('video').currentTime") == pytest.approx(at_s + 0.001, abs=1e-6)
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
    page.keyboard.press("p")
    expect(chosen).to_have_id("event-2")
    page.keyboard.press("l")
    page.wait_for_function("!document.querySelector('video').paused")
    page.keyboard.press(" ")
    page.wait_for_function("document.querySelector('video').paused")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_have_attribute("open", "")
    page.uncheck("#keys-on")
    page.locator("h1").click()
    page.keyboard.press("u")
    page.reload()
    expect(judged).to_have_text("2 of 3 judged")
    with closing(sqlite3.connect(casebook.database)) as database:  # Django refuses beside a browser's event loop
        deeds = [deed for (deed,) in database.execute("SELECT deed FROM casebook_step ORDER BY id")]
    assert deeds == ["judge", "judge", "judge", "undo", "undo", "redo"]
