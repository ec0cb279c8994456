"""Pictures of the casebook's main pages, of the demo's made-up people: ``python -m scripts.screenshots [FOLDER]``.

Each page on a phone and on a desk, in light and dark, in both languages, whole; into ``facialis-out/screenshots``
unless a folder is named. ``--docs`` writes the few that the documentation shows into ``docs/images`` instead.
Needs Chromium and the demo (``facialis demo``). No real face is in any of them: the head is rendered, and all
people are made up.
"""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["main"]

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "facialis-out" / "demo-casebook"
PERSON = "/people/1/"
PAGES: Mapping[str, str] = MappingProxyType(
    {
        "today": PERSON,
        "recording": "/recordings/1/",
        "film": f"{PERSON}film/",
        "diary": f"{PERSON}diary/",
        "treatments": f"{PERSON}treatments/",
        "course": f"{PERSON}course/",
        "guide": f"{PERSON}guide/",
        "history": f"{PERSON}history/",
        "questionnaire": f"{PERSON}questionnaires/phq9/",
        "library": f"{PERSON}library/",
        "glossary": f"{PERSON}glossary/",
        "help": f"{PERSON}help/",
        "account": "/account/",
    }
)
CLINIC: Mapping[str, str] = MappingProxyType(
    {
        "clinic-day": "/shared/",
        "clinic-person": "/people/2/shared/",
        "clinic-course": "/people/3/course/",
        "clinic-films": "/ratings/",
    }
)
"""Pages as the demo's clinician sees them."""
# What the documentation shows: its name, the page, the window's width and height, and what stands at its top.
SHOWN = (
    ("casebook-today", PERSON, 1100, 720, ""),
    ("casebook-phone", f"{PERSON}diary/", 390, 760, ""),
    ("casebook-course", f"{PERSON}course/", 1100, 720, ""),
    ("casebook-recording", "/recordings/1/", 880, 620, "main video"),
    ("clinic-day", "/shared/", 1280, 900, ""),
)
_WIDTHS_PX = (360, 1280)
_DRAWN_MS = 500.0  # chosen: what scripts draw when a page has come; 200 - 2000 ms
_QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


@contextmanager
def _served() -> Iterator[str]:
    """The address of the demo's door, open."""
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--quiet", "--port", "0", "--data", str(DEMO)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


def _opened(browser: Browser, door: str, width_px: int, height_px: int, scheme: str, code: str) -> Page:
    context = browser.new_context(
        viewport={"width": width_px, "height": height_px},
        color_scheme="dark" if scheme == "dark" else "light",
        locale=code,
        base_url=door.split("/demo/")[0],
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(door)
    return page


def _as_the_clinician(page: Page) -> None:
    """Change sides, and wait until the answers about everybody have been worked out."""
    page.click(".demo button[value=clinician]")
    page.wait_for_url("**/shared/")
    while page.locator("text=/being worked out|wird berechnet/").count():
        page.wait_for_timeout(_DRAWN_MS)
        page.reload()


def _shoot(page: Page, path: str, file: Path, *, whole: bool, top: str = "") -> None:
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(_DRAWN_MS)
    if top:
        page.locator(top).first.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 24)")
        page.wait_for_timeout(_DRAWN_MS)
    page.screenshot(path=file, full_page=whole)


def main(arguments: list[str]) -> int:
    """Make the pictures; see the module."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None or not DEMO.is_dir():
        print("Chromium or the demo is missing: type make demo.", file=sys.stderr)
        return 1
    for_docs = "--docs" in arguments
    named = [Path(word) for word in arguments if not word.startswith("-")]
    folder = ROOT / "docs" / "images" if for_docs else (named or [ROOT / "facialis-out" / "screenshots"])[0]
    folder.mkdir(parents=True, exist_ok=True)
    with _served() as door, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_QUIET))
        if for_docs:
            for name, path, width_px, height_px, top in SHOWN:
                page = _opened(browser, door, width_px, height_px, "light", "en")
                if name in CLINIC:
                    _as_the_clinician(page)
                _shoot(page, path, folder / f"{name}.png", whole=False, top=top)
                page.context.close()
        else:
            for code, scheme, width_px in itertools.product(("en", "de"), ("light", "dark"), _WIDTHS_PX):
                page = _opened(browser, door, width_px, 800, scheme, code)
                for name, path in PAGES.items():
                    _shoot(page, path, folder / f"{name}-{width_px}-{scheme}-{code}.png", whole=True)
                _as_the_clinician(page)
                for name, path in CLINIC.items():
                    _shoot(page, path, folder / f"{name}-{width_px}-{scheme}-{code}.png", whole=True)
                page.context.close()
        browser.close()
    print(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
