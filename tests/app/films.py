"""Films whose frames carry their number as a bar code, as recordings of a casebook, and a browser that reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from numpy.typing import NDArray
from playwright.sync_api import Page, sync_playwright

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import FILM, Recording
from facialis.app.recordings.store import keep, keep_result
from facialis.app.watching.models import Viewing
from facialis.app.watching.tracks import keep_track
from facialis.core.records import Frame
from facialis.film.encode import Codec, VideoWriter
from facialis.film.video import VideoFile
from facialis.report.session.folder import write_session_folder
from tests.app.browser import CHROMIUM, QUIET, serving
from tests.report import factory

BITS = 12
PASSWORD = "cherry boat lamp"
SALT = "a-salt-that-is-long-enough"
WIDTH_PX, HEIGHT_PX = 240, 160

ASK = """async frame => {
  const film = document.querySelector("video[data-film]");
  const shown = new Promise(resolve =>
    film.addEventListener("frame-shown", event => resolve(event.detail), {once: true}));
  film.dispatchEvent(new CustomEvent("ask-frame", {detail: frame}));
  const told = await shown;
  const sheet = document.createElement("canvas");
  [sheet.width, sheet.height] = [film.videoWidth, film.videoHeight];
  const pen = sheet.getContext("2d", {willReadFrequently: true});
  pen.drawImage(film, 0, 0);
  let number = 0;
  for (let bit = 0; bit < %d; bit += 1) {
    const at = pen.getImageData((bit + 0.5) * sheet.width / %d, sheet.height / 4, 1, 1).data;
    if (at[1] > 128) number += 2 ** bit;
  }
  return [told.good, number];
}""" % (BITS, BITS)  # noqa: UP031 - braces are the script's
"""Asks for a frame; returns whether the player says that it stands there, and the number that the picture carries."""


def barred(
    path: Path,
    times_s: Sequence[float] | NDArray[np.float64],
    *,
    codec: Codec = "libx264",
    rotation_deg: int = 0,
    rate_hz: float = 30.0,
) -> Path:
    """A film of these times; in the upper half of each frame its number in black and white, below it noise."""
    rng = np.random.default_rng(1)
    noise = rng.integers(60, 180, (HEIGHT_PX // 2, WIDTH_PX)).astype(np.uint8)
    chroma = np.full((2, HEIGHT_PX // 2, WIDTH_PX // 2), 128, np.uint8)
    with VideoWriter(
        path, width_px=WIDTH_PX, height_px=HEIGHT_PX, frame_rate_hz=rate_hz, codec=codec, rotation_deg=rotation_deg
    ) as writer:
        for index, time_s in enumerate(times_s):
            bits = np.array([255 if index >> bit & 1 else 0 for bit in range(BITS)], np.uint8)
            bars = np.repeat(bits, WIDTH_PX // BITS)[None].repeat(HEIGHT_PX // 2, axis=0)
            luma = np.concatenate([bars, np.roll(noise, index, axis=1)])
            writer.write(Frame(index=index, time_s=time_s, luma=luma, chroma=chroma))
        writer.finish()
    return path


def person_of(name: str) -> Person:
    """Somebody with an account of the same name, and a password that a browser can give."""
    account = Account.objects.create(name=name, password=PBKDF2PasswordHasher().encode(PASSWORD, SALT))
    return Person.objects.create(owner=account, name=name)


def recorded(person: Person, film: Path, twitches: Sequence[tuple[float, str, float]] = ()) -> Recording:
    """A film as a recording that was measured: with its own times, and what is said to have happened in it."""
    with VideoFile(film) as video:
        times_s = np.array([frame.time_s for frame in video.frames()])
        facts = video.recording
    recording = Recording.objects.create(
        owner=person.owner,
        person=person,
        day=date(2026, 5, 1),
        name=film.stem,
        container=facts.container,
        measured=True,
    )
    keep(recording, FILM, film)
    length_s = len(times_s) / 30.0
    whole = factory.make(duration_s=length_s, twitches=tuple(twitches), tonic=(), blinks=(), gaps=())
    motion = replace(whole.motion, time_s=times_s)
    session = replace(whole.session, recording=facts, signals=motion, face=replace(whole.track, time_s=times_s))
    keep_result(recording, write_session_folder(session, None, film.parent / f"{film.stem}-result", faces=False))
    keep_track(recording, session.track)
    Viewing.objects.create(owner=person.owner, recording=recording, misses=[])  # as if looked for: it takes long
    return recording


def wait(page: Page, condition: str) -> None:
    """Wait until a condition holds, asked from outside: the page's own rules forbid a script made of a string."""
    for _ in range(600):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(condition)


@contextmanager
def watched(place: Place, name: str) -> Iterator[tuple[Page, list[str]]]:
    """A browser in which somebody has logged in to the casebook, served by ``facialis serve``; and its complaints."""
    complaints: list[str] = []
    with serving(place.root) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = browser.new_context(base_url=address, locale="en-GB").new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda said: complaints.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto("/login/")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.click("main button.main")
        page.wait_for_url("**/people/**")
        try:
            yield page, complaints
        finally:
            browser.close()
