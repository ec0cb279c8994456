"""The whole way in one browser: set up, film, add a recording, correct it, write down, follow, take away, bring back.

What is filmed is safe: the network goes away while the camera runs, then the page, and at most two seconds are lost.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from facialis.app.serve import SCRIPT
from facialis.film.encode import VideoWriter
from facialis.phantom.recording import PhantomSource
from facialis.phantom.specification import parse_spec
from tests.app.browser import CHROMIUM, LONG_MS, QUIET, Walk, serving
from tests.app.camera import CAMERA, films_for, lenient, ready, write_camera

FACE = """\
duration_s: 4
camera: {width_px: 320, height_px: 320, iod_share: 0.3}
acts:
  - {act: contraction, side: left, onset_s: 1.5, duration_s: 0.15, amplitude_iod: 0.04}
  - {act: contraction, side: left, onset_s: 2.5, duration_s: 0.15, amplitude_iod: 0.04}
"""
MOST_LOST_S = 2.0
PASSWORD, PHRASE = "cherry boat lamp", "cherry boat lamp river"


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """A small recording of a face that twitches twice on the left."""
    path = tmp_path / "monday.mp4"
    with VideoWriter(path, width_px=320, height_px=320, frame_rate_hz=30.0) as writer:
        for frame in PhantomSource(parse_spec(FACE, "face", "face")).frames():
            writer.write(frame)
        writer.finish()
    return path


@pytest.fixture
def walk(tmp_path: Path) -> Iterator[Walk]:
    """That browser, with a camera that sees a made face, before a casebook that ``facialis serve`` serves."""
    camera = write_camera(tmp_path / "face.y4m")
    with serving(tmp_path / "data") as address, sync_playwright() as playwright:
        flags = [*QUIET, *CAMERA, f"--use-file-for-fake-video-capture={camera}"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        made = Walk(browser.new_context(base_url=address, locale="en-GB"), address)
        yield made
        browser.close()
    assert made.complaints == []


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_the_whole_way(walk: Walk, film: Path, tmp_path: Path) -> None:
    page = walk.context.new_page()
    person = set_up(page)
    page = film_now(walk, page, person)
    page.goto(person)
    recording = add_and_correct(page, film)
    page.goto(person)
    write_down(page)
    follow(page)
    page.goto(person)
    take_away(page, film)
    backup = back_up(page, tmp_path)
    delete(page, recording)
    bring_back(walk, page, backup, tmp_path)


def set_up(page: Page) -> str:
    """First run; returns the address of the person's page."""
    page.goto("/")
    page.fill("[name=name]", "anna")
    for name in ("password", "again"):
        page.fill(f"[name={name}]", PASSWORD)
    page.click("main button.main")
    expect(page.locator("#codes li")).to_have_count(8)
    page.click("main a.main")
    page.fill("[name=name]", "Anna")
    page.click("main button.main")
    expect(page.locator("h1")).to_have_text("Anna")
    return page.url


def film_now(walk: Walk, page: Page, person: str) -> Page:
    """Film until first the network and then the page goes away; what was filmed is found again, and measured."""
    address = f"{person.rstrip('/')}/film/"
    page.route("**/film/", lenient)
    ready(page, address)
    expect(page.locator("#film-checks")).to_contain_text("Face:")
    page.click("[data-do=begin]")
    films_for(page, 2)
    walk.away = True
    walk.context.set_offline(True)
    expect(page.locator("#film-safe")).to_contain_text("cannot be reached", timeout=LONG_MS)
    filmed_s = films_for(page, 5)
    page.close()  # without a network, as when the computer runs out of power
    walk.context.set_offline(False)
    walk.away = False

    page = walk.context.new_page()
    page.goto(address)
    expect(page.locator(".broken")).to_contain_text("A film broke off")
    page.click(".broken button.main")
    page.wait_for_url("**/recordings/*/", timeout=LONG_MS)
    page.locator(".answer, .said.wrong, h2:has-text('could not')").first.wait_for(timeout=LONG_MS)
    facts = json.loads(page.request.get(f"{page.url}files/session.json").body())
    assert facts["recording"]["duration_s"] >= filmed_s - MOST_LOST_S
    assert (facts["filmed"], facts["alone"], facts["mirrored"]) == ("planned", True, False)
    assert [block["name"] for block in facts["blocks"]] == ["rest"]
    expect(page.locator("main")).to_contain_text("Filmed here: ")
    page.goto(address)
    expect(page.locator(".broken")).to_have_count(0)
    return page


def add_and_correct(page: Page, film: Path) -> str:
    """Add a file, read the verdict, reject an event by keyboard and undo that; returns the recording's address."""
    page.click("main >> text=Add a recording")
    page.set_input_files("#file", film)
    page.click("main button.main")
    page.wait_for_url("**/recordings/*/")
    lead = page.locator(".answer .lead")
    lead.wait_for(timeout=LONG_MS)
    assert "2 one-sided twitches of the left side were seen" in lead.inner_text()
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    page.click("button[data-at] >> nth=0")
    expect(page.locator("video")).to_have_attribute("data-frame", re.compile("[1-9]"))

    judged = page.locator("#judged")
    page.keyboard.press("n")
    expect(page.locator("tr[aria-current]")).to_be_focused()
    page.keyboard.press("r")
    expect(judged).to_contain_text(re.compile("^1 of "))
    expect(page.locator("tr button[name=reject][aria-pressed=true]")).to_have_count(1)
    page.keyboard.press("Control+z")
    expect(judged).to_contain_text(re.compile("^0 of "))
    expect(page.locator("tr button[aria-pressed=true]")).to_have_count(0)
    return page.url.split("#")[0]


def write_down(page: Page) -> None:
    page.click("nav >> text=Diary")
    page.check("[name=value_0][value='7']")
    page.click("main button.main")
    expect(page.locator("tbody td").first).to_have_text("7")

    page.click("nav >> text=Treatments")
    page.fill("[name=date]", "2026-05")
    page.fill("[name=product]", "Botox")
    page.click("main button.main")
    expect(page.locator(".rows li")).to_contain_text("Botox")


def follow(page: Page) -> None:
    """The course, in both languages, and both sheets."""
    page.click("nav >> text=Course")
    expect(page.locator(".answer .lead")).not_to_be_empty()
    page.click("text=Deutsch")
    expect(page.locator("h1")).to_have_text("Verlauf")
    page.click("text=English")
    for route in ("visit", "clinician"):
        with page.expect_download() as download:
            page.click(f".deeds a[href*='{route}']")
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def take_away(page: Page, film: Path) -> None:
    with page.expect_download() as download:
        page.click("text=Everything as a folder")
    with zipfile.ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as packed:
        films = [packed.read(name) for name in packed.namelist() if name.startswith("Anna/films/")]
        assert len(films) == 2
        assert film.read_bytes() in films
        assert any(name.endswith("/report.html") for name in packed.namelist())


def back_up(page: Page, tmp_path: Path) -> Path:
    """A backup; returns its file."""
    folder = tmp_path / "stick"
    folder.mkdir()
    page.click("footer >> text=Backup")
    page.fill("[name=folder]", str(folder))
    for name in ("passphrase", "again"):
        page.fill(f"[name={name}]", PHRASE)
    page.click("main button.main")
    expect(page.locator(".said.good")).to_contain_text(str(folder), timeout=LONG_MS)
    (made,) = folder.iterdir()
    return made


def delete(page: Page, recording: str) -> None:
    """Into the bin, back again, and then for good."""
    page.goto(recording)
    page.click("text=Delete this recording")
    page.click("text=Put into the bin")
    expect(page.locator("main")).to_contain_text("Goes in 30 days")
    page.click("text=Bring back")
    page.wait_for_url("**/recordings/*/")
    page.click("text=Delete this recording")
    page.click("text=Delete for good")
    page.click("text=Delete now")
    expect(page.locator("main")).not_to_contain_text("monday")
    assert page.request.get(recording).status == 404


def bring_back(walk: Walk, page: Page, backup: Path, tmp_path: Path) -> None:
    """The backup in a folder of its own, opened: what was deleted for good is there. Then log out."""
    key, data = tmp_path / "phrase", tmp_path / "restored"
    key.write_text(PHRASE, encoding="ascii")
    words = ["restore", str(backup), "--data", str(data), "--passphrase-file", str(key), "--quiet"]
    done = subprocess.run([sys.executable, "-m", "facialis", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    page.close()
    with serving(data) as address:
        walk.address = address
        page = walk.context.new_page()
        page.goto(address)
        page.fill("[name=username], [name=login], [name=name]", "anna")
        page.fill("[name=password]", PASSWORD)
        page.click("main button.main")
        expect(page.locator("h1")).to_have_text("Anna")
        page.goto(f"{page.url.rstrip('/')}/recordings/")
        expect(page.locator("main")).to_contain_text("monday")
        person = page.url
        page.click("text=Log out")
        page.goto(person)
        expect(page.locator("h1")).to_have_text("Log in")
        page.close()
