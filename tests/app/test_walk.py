"""The whole way in a browser: set up, add a recording, see what was found, write down, follow, take away, log out."""

from __future__ import annotations

import shutil
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

CHROMIUM = shutil.which("chromium")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FACE = """\
duration_s: 4
camera: {width_px: 320, height_px: 320, iod_share: 0.3}
acts:
  - {act: contraction, side: left, onset_s: 1.5, duration_s: 0.15, amplitude_iod: 0.04}
  - {act: contraction, side: left, onset_s: 2.5, duration_s: 0.15, amplitude_iod: 0.04}
"""
LONG_MS = 300_000  # a measurement beside other tests on a slow machine


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
def address(tmp_path: Path) -> Iterator[str]:
    """A casebook that is served by ``facialis serve``."""
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--port", "0", "--data", str(tmp_path / "data")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()
        assert server.wait(60) == 0


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    """A page of a browser that may ask for nothing but the casebook and must complain of nothing."""
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(base_url=address, locale="en-GB").new_page()
        page.set_default_timeout(60_000)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(address) else None)
        yield page
        browser.close()
    assert complaints == []


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_the_whole_way(page: Page, film: Path) -> None:
    page.goto("/")
    page.fill("[name=name]", "anna")
    for field in ("password", "again"):
        page.fill(f"[name={field}]", "cherry boat lamp")
    page.click("main button.main")
    page.fill("[name=name]", "Anna")
    page.click("main button.main")
    expect(page.locator("h1")).to_have_text("Anna")
    person = page.url

    page.click("main a.main")
    page.set_input_files("#file", film)
    page.click("main button.main")
    page.wait_for_url("**/recordings/*/")
    lead = page.locator(".answer .lead")
    lead.wait_for(timeout=LONG_MS)
    assert "2 one-sided twitches of the left side were seen" in lead.inner_text()
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    page.click("button[data-at] >> nth=0")
    page.wait_for_function("document.querySelector('video').currentTime > 0.9")

    page.click("nav >> text=Diary")
    page.check("[name=value_0][value='7']")
    page.click("main button.main")
    expect(page.locator("tbody td").first).to_have_text("7")

    page.click("nav >> text=Treatments")
    page.fill("[name=date]", "2026-05")
    page.fill("[name=product]", "Botox")
    page.click("main button.main")
    expect(page.locator(".rows li")).to_contain_text("Botox")

    page.click("nav >> text=Course")
    expect(page.locator(".answer .lead")).not_to_be_empty()
    page.click("text=Deutsch")
    expect(page.locator("h1")).to_have_text("Verlauf")
    page.click("text=English")
    with page.expect_download() as download:
        page.click("text=Sheet for the visit")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    page.goto(person)
    with page.expect_download() as download:
        page.click("text=Everything as a folder")
    with zipfile.ZipFile(BytesIO(Path(download.value.path()).read_bytes())) as packed:
        names = packed.namelist()
        assert packed.read(next(name for name in names if name.startswith("Anna/films/"))) == film.read_bytes()
    assert any(name.endswith("/report.html") for name in names)

    page.click(".rows a")
    page.click("text=Delete this recording")
    page.click("text=Delete now")
    expect(page.locator("main")).to_contain_text("There is no recording yet")
    page.click("text=Log out")
    page.goto(person)
    expect(page.locator("h1")).to_have_text("Log in")
