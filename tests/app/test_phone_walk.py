"""From my phone, in a browser: the code is read from the desk's screen, and a phone sends its film by what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from facialis.app.phone.addresses import CHOSEN
from facialis.app.serve import SCRIPT
from tests.app.browser import CHROMIUM, QUIET, serving
from tests.film.media import make

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
    pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make"),
]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A casebook that is served, whose second listener opens at the loopback address: tests use no network."""
    with serving(tmp_path / "data", {CHOSEN: "127.0.0.1"}) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser for the desk and for the phone."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


def desk_of(browser: Browser, address: str) -> Page:
    """The desk, with a person, on the page with the button."""
    desk = browser.new_context(base_url=address, locale="en-GB").new_page()
    desk.set_default_timeout(60_000)
    desk.goto("/")
    desk.fill("[name=name]", "anna")
    for field in ("password", "again"):
        desk.fill(f"[name={field}]", "cherry boat lamp")
    desk.dblclick("main button.main")  # which is sent once: else the codes were never seen
    desk.click("main a.main")
    desk.fill("[name=name]", "Anna")
    desk.click("main button.main")
    desk.click("text=Film with my phone")
    return desk


def code_of(desk: Page) -> str:
    """What a camera reads from the desk's screen."""
    desk.click("main button.main")
    desk.wait_for_function("() => (e => e && e.complete && e.naturalWidth)(document.querySelector('.code img'))")
    seen = cv2.imdecode(np.frombuffer(desk.locator(".code img").screenshot(), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert seen is not None
    return str(cv2.QRCodeDetector().detectAndDecode(seen)[0])


def test_a_phone_sends_its_film_by_the_code_on_the_screen(browser: Browser, address: str, tmp_path: Path) -> None:
    film = make(tmp_path / "monday.mp4", "libx264", frames=60, width=320, height=240)
    desk = desk_of(browser, address)

    plain = browser.new_context(java_script_enabled=False, locale="de-DE").new_page()
    plain.goto(code_of(desk))
    expect(plain.locator("h1")).to_have_text("Einen Film in Ihr Fallbuch schicken")
    plain.check("[name=camera][value=back]")
    plain.check("[name=as_filmed][value=unknown]")
    plain.set_input_files("#file", film)
    plain.click("button.main")
    expect(plain.locator("h1")).to_have_text("Der Film ist angekommen.")
    desk.wait_for_url("**/recordings/1/")
    desk.click("text=Stop")

    complaints: list[str] = []
    phone = browser.new_context(locale="en-GB", viewport={"width": 360, "height": 740}, is_mobile=True).new_page()
    phone.on("console", lambda said: complaints.append(said.text))
    phone.on("pageerror", lambda error: complaints.append(str(error)))
    desk.goto("/people/1/phone/")
    place = code_of(desk)
    phone.on("request", lambda asked: None if asked.url.startswith(place) else complaints.append(asked.url))
    phone.goto(place)
    expect(desk.locator("#phone-state")).to_contain_text("Your phone has opened the page")
    expect(phone.locator("#id_mirrored_all")).to_be_hidden()
    phone.check("[name=camera][value=front]")
    expect(phone.locator("#id_mirrored_all")).to_be_visible()
    phone.check("[name=mirrored][value=no]")
    phone.check("[name=as_filmed][value=yes]")
    phone.set_input_files("#file", film)
    phone.click("button.main")
    expect(phone.locator("[data-said]")).to_contain_text("in the casebook already")
    phone.set_input_files("#file", make(tmp_path / "other.mp4", "libx264", frames=75, width=320, height=240))
    phone.click("button.main")
    expect(phone.locator("[data-said]")).to_have_text("The film has arrived.")
    desk.wait_for_url("**/recordings/2/")
    assert [said for said in complaints if "422" not in said and not said.startswith("data:")] == []
